"""Links below a page's tables and plots, with which each is saved as a file: CSV and SVG.

The page runs no script, so a file is in its link, as a `data:` URL.
"""

import base64
import csv
import io
import re
import unicodedata
from collections import Counter
from html.parser import HTMLParser

from markupsafe import escape

_NUMBER = re.compile(r"-?[0-9]{1,3}(,[0-9]{3})*(\.[0-9]+)?|-?[0-9]+(\.[0-9]+)?(e[+-]?[0-9]+)?")
# What a spreadsheet takes for a formula: https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_LONGEST_NAME = 60
_HEADINGS = ("h1", "h2", "h3", "h4")
# The page's colours in light mode, and its font: a file of its own has no page to take them from.
_STYLE = (
    "<style>svg{--ink:#1b2129;--muted:#56606c;--grid:#e1e5ea;--first:#0b5cad;--second:#b3470b;--third:#00705a;"
    "--surface:#fff;background:#fff;font-family:sans-serif;stroke-linejoin:round;stroke-linecap:butt}</style>"
)
_VIEW_BOX = re.compile(r'viewBox="0 0 ([0-9.]+) ([0-9.]+)"')


def with_downloads(html: str) -> str:
    """Put a link behind each table and each plot of a page.

    Args:
        html: The page, or a part of it. No table stands in another one.
    """
    html = str(html)  # and no Markup, which escapes what is added to it
    reader = _Reader(html)
    reader.feed(html)
    reader.close()
    parts, begun = [], 0
    for end, link in reader.links:
        parts += [html[begun:end], link]
        begun = end
    return "".join((*parts, html[begun:]))


class _Reader(HTMLParser):
    """Finds the ends of tables and plots, and what they hold."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[tuple[int, str]] = []
        self._html = html
        self._lines = [0, *(found.end() for found in re.finditer("\n", html))]
        self._rows: list[list[list[str]]] | None = None
        self._heading: list[str] | None = None
        self._title = "data"
        self._svg = 0
        self._names: Counter[tuple[str, str]] = Counter()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        if tag in _HEADINGS:
            self._heading = []
        elif tag == "table":
            self._rows = []
        elif tag == "tr" and self._rows is not None:
            self._rows.append([])
        elif tag in {"td", "th"} and self._rows:
            self._rows[-1].append([])
        elif tag == "svg":
            self._svg = self._place()

    def handle_data(self, data: str) -> None:
        if self._heading is not None:
            self._heading.append(data)
        elif self._rows and self._rows[-1]:
            self._rows[-1][-1].append(data)

    def handle_endtag(self, tag: str) -> None:
        if self._heading is not None and tag in _HEADINGS:
            self._title, self._heading = _words(self._heading), None
        elif tag == "table" and self._rows is not None:
            rows, self._rows = self._rows, None
            self._link("table", _csv(rows), "csv", "text/csv;charset=utf-8")
        elif tag == "svg":
            end = self._place() + len("</svg>")
            self._link("plot", _standing_alone(self._html[self._svg : end]), "svg", "image/svg+xml")

    def _place(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column

    def _link(self, what: str, content: str, form: str, media_type: str) -> None:
        end = self._html.index(">", self._place()) + 1
        name = _file_name(self._title)
        self._names[name, form] += 1
        if self._names[name, form] > 1:
            name = f"{name}-{self._names[name, form]}"
        encoded = base64.b64encode(content.encode()).decode()
        label = f"Save the {what} “{self._title[:_LONGEST_NAME]}” as {form.upper()}"
        self.links.append(
            (
                end,
                (
                    f'<p class="save"><a download="{name}.{form}" href="data:{media_type};base64,{encoded}" '
                    f'aria-label="{escape(label)}">{form.upper()}</a></p>'
                ),
            )
        )


def _words(parts: list[str]) -> str:
    return " ".join(" ".join(parts).split())


def _file_name(title: str) -> str:
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain)[:_LONGEST_NAME].strip("-") or "data"


def _csv(rows: list[list[list[str]]]) -> str:
    written = io.StringIO()
    csv.writer(written).writerows([[_cell(_words(cell)) for cell in row] for row in rows])
    return written.getvalue()


def _cell(text: str) -> str:
    """Write a number as programs read it, and nothing as a formula."""
    number = text.replace("\u2212", "-")
    if _NUMBER.fullmatch(number):
        return number.replace(",", "")
    return f"'{text}" if text.startswith(_FORMULA) else text


def _standing_alone(svg: str) -> str:
    """Make a file of an `<svg>` element that takes colours and font from its page."""
    head, _, rest = svg.partition(">")
    size = _VIEW_BOX.search(head)
    measures = f' width="{size[1]}pt" height="{size[2]}pt"' if size else ""
    return f'{head} xmlns="http://www.w3.org/2000/svg"{measures}>{_STYLE}{rest}'
