"""What axe-core finds on a page that keyboards and screen readers would stumble over."""

from pathlib import Path

from axe_core_python.base import AXE_SCRIPT
from selenium.webdriver import Chrome

_ASK = """
const done = arguments[0];
axe.run(document, {iframes: false}).then(found => done(found.violations), error => done(String(error)));
"""


def serious_faults(browser: Chrome, copy: Path) -> list[str]:
    """Ask axe-core about the page that a browser shows, and leave the browser at a copy of it.

    Args:
        browser: Shows the page.
        copy: File for the page's HTML: the pages themselves let no script run, and axe-core is one.

    Returns:
        A line for each fault that axe-core calls serious or critical.
    """
    copy.write_text(browser.page_source, encoding="utf-8")
    browser.get(copy.as_uri())
    browser.set_script_timeout(100)
    browser.execute_script(AXE_SCRIPT)
    found = browser.execute_async_script(_ASK)
    assert isinstance(found, list), found
    return [
        f"{fault['id']} ({fault['impact']}): {fault['nodes'][0]['html']}"
        for fault in found
        if fault["impact"] in {"serious", "critical"}
    ]
