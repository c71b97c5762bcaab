"""The page in a real browser: what it runs, fetches and looks like."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver

from include.pipeline.report.page import render_report
from tests.pipeline.report.example import column_of, contents_of, drift_of, evaluation_of
from tests.pipeline.report.hostile import HOSTILE, hostile_contents
from tests.services.browser import chromium, needs_chromium

pytestmark = [pytest.mark.slow, needs_chromium]

TEXT = ("--ink", "--muted", "--good", "--bad", "--first")
LINES = ("--first", "--second", "--third", "--muted", "--ink")
COLOUR_OF = """
const probe = document.createElement("i");
document.body.append(probe);
probe.style.color = `var(${arguments[0]})`;
const colour = getComputedStyle(probe).color;
probe.remove();
return colour;
"""


@dataclass(frozen=True)
class Browser:
    """Chromium, showing one page."""

    driver: webdriver.Chrome
    folder: Path

    def show(self, html: str, *, width: int = 1280, scheme: str = "light", media: str = "screen") -> None:
        page = self.folder / "report.html"
        page.write_text(html, encoding="utf-8")
        # What was shown before asks for nothing any more, and what it asked for is forgotten.
        self.driver.get("about:blank")
        self.driver.get_log("browser")
        self.driver.get_log("performance")
        size = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": False}
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": media, "features": features})
        self.driver.get(page.as_uri())

    def ask(self, script: str, *arguments: str) -> Any:
        return self.driver.execute_script(script, *arguments)

    def requests(self) -> list[str]:
        messages = [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        return [
            message["params"]["request"]["url"]
            for message in messages
            if message["method"] == "Network.requestWillBeSent"
        ]

    def luminance(self, name: str) -> float:
        """Relative luminance of a custom property, https://www.w3.org/TR/WCAG21/#dfn-relative-luminance."""
        channels = [int(part) / 255 for part in re.findall(r"\d+", self.ask(COLOUR_OF, name))[:3]]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    def contrast(self, name: str, ground: str) -> float:
        dark, light = sorted((self.luminance(name), self.luminance(ground)))
        return (light + 0.05) / (dark + 0.05)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with chromium(width=1280, height=800) as driver:
        yield Browser(driver, tmp_path_factory.mktemp("browser"))


@pytest.fixture(scope="module")
def good() -> str:
    drift = drift_of(*(column_of(f"previous_outcome_{row}", 0.2 / (1 + row)) for row in range(15)))
    return render_report(contents_of(evaluation=evaluation_of(drift=drift), reused_from="manual__earlier"))


@pytest.fixture(scope="module")
def hostile() -> str:
    return render_report(hostile_contents(HOSTILE))


def test_the_watch_over_scripts_and_requests_works(browser: Browser) -> None:
    browser.show("<script>window.ran = 1</script><img src='missing.png'>")
    assert browser.ask("return window.ran") == 1
    assert [url.rpartition("/")[2] for url in browser.requests()] == ["report.html", "missing.png"]
    assert browser.driver.get_log("browser")


@pytest.mark.parametrize("policy", ["with its policy", "by escaping alone"])
def test_hostile_strings_run_nothing_and_fetch_nothing(browser: Browser, hostile: str, policy: str) -> None:
    if policy == "by escaping alone":
        hostile = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", hostile)
        assert "Content-Security-Policy" not in hostile
    browser.show(hostile)
    assert browser.ask("return typeof window.ran") == "undefined"
    assert browser.ask("return document.querySelectorAll('script, img, iframe, object, link').length") == 0
    assert [url.rpartition("/")[2] for url in browser.requests()] == ["report.html"]
    assert browser.driver.get_log("browser") == []
    # The page reached its end as it was meant.
    assert browser.ask("return document.querySelector('main > section:last-of-type h2').textContent") == (
        "Deployed and torn down"
    )


@pytest.mark.parametrize("width", [320, 375, 1280])
@pytest.mark.parametrize("strings", ["good", "hostile"])
def test_the_page_is_never_wider_than_the_screen(
    browser: Browser, request: pytest.FixtureRequest, width: int, strings: str
) -> None:
    browser.show(request.getfixturevalue(strings), width=width)
    assert browser.ask("return document.documentElement.scrollWidth <= window.innerWidth")
    widest = browser.ask(
        "return Math.max(...[...document.querySelectorAll('figure, p, dl, h1')]"
        ".map(element => element.getBoundingClientRect().right))"
    )
    assert 0 < widest <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast_is_enough_in_both_schemes(browser: Browser, good: str, scheme: str) -> None:
    """As https://www.w3.org/TR/WCAG21/ asks: 4.5 of text, 3 of lines."""
    browser.show(good, scheme=scheme)
    assert (browser.luminance("--surface") > 0.5) == (scheme == "light")
    texts = {(name, on): browser.contrast(name, on) for name in TEXT for on in ("--surface", "--raised")}
    lines = {name: browser.contrast(name, "--surface") for name in LINES}
    assert {pair: ratio for pair, ratio in texts.items() if ratio < 4.5} == {}
    assert {name: ratio for name, ratio in lines.items() if ratio < 3} == {}


def test_plots_follow_the_scheme(browser: Browser, good: str) -> None:
    line = "return getComputedStyle(document.querySelector('figure svg path[style*=\"--first\"]')).stroke"
    browser.show(good, scheme="light")
    light = browser.ask(line)
    browser.show(good, scheme="dark")
    assert browser.ask(line) != light


def test_paper_is_light(browser: Browser, good: str) -> None:
    browser.show(good, scheme="dark", media="print")
    assert browser.luminance("--surface") > 0.9
    assert browser.ask("return getComputedStyle(document.querySelector('figure')).breakInside") == "avoid"


def test_no_text_of_a_plot_is_cut(browser: Browser, good: str) -> None:
    browser.show(good)
    cut = browser.ask(
        """
        return [...document.querySelectorAll('figure svg')].flatMap(svg => {
          const frame = svg.getBoundingClientRect();
          return [...svg.querySelectorAll('text')].filter(text => {
            const box = text.getBoundingClientRect();
            return box.left < frame.left || box.right > frame.right || box.bottom > frame.bottom + 1
              || box.top < frame.top - 1;
          }).map(text => text.textContent);
        });
        """
    )
    assert cut == []
