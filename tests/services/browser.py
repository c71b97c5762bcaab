"""Headless Chromium, as tests drive it, and what they do in Airflow's pages."""

import os
import shutil
import tempfile
import time
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException, WebDriverException
from selenium.webdriver import Chrome
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

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

# What elements take up, with a margin, as the browser's own protocol takes it.
_CLIP = """
const boxes = [...document.querySelectorAll(arguments[0])].map(each => each.getBoundingClientRect());
const [x, y] = ["left", "top"].map(side => Math.min(...boxes.map(box => box[side])) - 20);
const [right, bottom] = ["right", "bottom"].map(side => Math.max(...boxes.map(box => box[side])) + 20);
return {x: x, y: y, width: right - x, height: bottom - y, scale: 1};
"""
PAGE_SECONDS = 30
# To draw four times the pixels takes its time.
SCALE = 2 if "SCREENSHOTS" in os.environ else 1

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


def log_in(browser: Chrome, url: str, user: str, password: str) -> None:
    """Open Airflow, and log in."""
    browser.get(url)
    element(browser, "input[name=username]").send_keys(user)
    element(browser, "input[name=password]").send_keys(password)
    element(browser, "button[type=submit]").click()
    element(browser, "a[href='/dags']")


def element(browser: Chrome, css: str, text: str = "", seconds: float = PAGE_SECONDS) -> WebElement:
    """Wait for an element that is shown and holds that text."""

    def find(driver: Chrome) -> WebElement | None:
        try:
            return next(
                (
                    found
                    for found in driver.find_elements(By.CSS_SELECTOR, css)
                    if found.is_displayed() and text in found.text
                ),
                None,
            )
        except WebDriverException as error:
            # So Chrome tells, too, that another page has just taken the place of this one.
            if "does not belong to the document" in (error.msg or ""):
                return None
            raise

    waiting = WebDriverWait(browser, seconds, ignored_exceptions=[StaleElementReferenceException])
    return waiting.until(find, f"no {css} shows {text!r} at {browser.current_url}")


def take_picture(browser: Chrome, name: str, part: str = "") -> None:
    """Take a picture of the window, or of that part of it which the elements of a selector lie in."""
    folder = os.environ.get("SCREENSHOTS")
    if not folder:
        return
    time.sleep(2)  # until what moves has come to rest
    options = {"clip": browser.execute_script(_CLIP, part)} if part else {}
    picture = browser.execute_cdp_cmd("Page.captureScreenshot", options)
    (Path(folder) / f"{name}.png").write_bytes(b64decode(picture["data"]))
