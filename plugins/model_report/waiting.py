"""What a person sees at once where a page may take seconds: its outline, which then leads to the page.

Nothing heavy is imported here: the first of all answers comes without the modules that make the pages.
"""

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import Scope, Send

PAGES = ("run", "models", "compare")
_OUTLINE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="0;url=../{address}">
<title>Reading …</title>
<style>
:root {{ color-scheme: light dark; --bar: #e4e8ec; --ink: #52606d; --surface: #ffffff; }}
@media (prefers-color-scheme: dark) {{ :root {{ --bar: #2a344a; --ink: #a8b2c2; --surface: #161d2d; }} }}
body {{ margin: 0 auto; padding: 1.25rem clamp(0.75rem, 3vw, 2rem); max-width: 76rem; color: var(--ink);
  background: var(--surface); font: 1rem/1.5 system-ui, sans-serif; }}
div {{ height: 1.1rem; margin: 0.9rem 0; border-radius: 0.25rem; background: var(--bar); }}
</style>
</head>
<body>
<main>
<h1 style="font-size: 1.1rem; font-weight: 400" role="status">Runs and figures are being read …</h1>
<div style="width: 60%"></div><div style="width: 90%"></div><div style="width: 75%"></div>
<div style="width: 100%; height: 12rem"></div><div style="width: 85%"></div><div style="width: 70%"></div>
</main>
</body>
</html>
"""


def page_behind(scope: "Scope") -> str | None:
    """Name the page that an address below `open/` leads to; None for all other addresses."""
    folder, _, page = scope.get("path", "").rpartition("/")
    return page if scope["type"] == "http" and folder.endswith("/open") and page in PAGES else None


async def answer(scope: "Scope", send: "Send", page: str) -> None:
    """Send the outline of a page."""
    query = scope["query_string"].decode("ascii", "replace")
    body = _OUTLINE.format(address=escape(f"{page}?{query}" if query else page)).encode()
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; "
        "form-action 'self'; base-uri 'none'",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "private, no-store",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    written = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": 200, "headers": written})
    await send({"type": "http.response.body", "body": body})
