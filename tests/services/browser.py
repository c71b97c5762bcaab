"""Headless Chromium, as tests drive it."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

_CHROMIUM, _CHROMEDRIVER = shutil.which("chromium"), shutil.which("chromedriver")
# It works without the network, and as root, where Chromium has no sandbox.
_SWITCHES = (
    "headless=new",
    "no-sandbox",
    "disable-gpu",
    "disable-quic",
    "no-first-run",
    "disable-background-networking",
    "disable-component-update",
    "disable-sync",
)

needs_chromium = pytest.mark.skipif(
    not (_CHROMIUM and _CHROMEDRIVER), reason="needs chromium and chromedriver on the PATH"
)


@contextmanager
def chromium(*, width: int, height: int, scale: int = 1) -> Iterator[webdriver.Chrome]:
    """Start a browser with an empty profile, that remembers what its console and its network said.

    Args:
        width: Of the window, in CSS pixels.
        height: Of the window, in CSS pixels.
        scale: Pixels of a screenshot to each CSS pixel, along a side.
    """
    options = webdriver.ChromeOptions()
    options.binary_location = str(_CHROMIUM)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        for switch in (
            *_SWITCHES,
            f"user-data-dir={profile}",
            f"window-size={width},{height}",
            f"force-device-scale-factor={scale}",
        ):
            options.add_argument(f"--{switch}")
        driver = webdriver.Chrome(options=options, service=Service(_CHROMEDRIVER))
        try:
            yield driver
        finally:
            driver.quit()
