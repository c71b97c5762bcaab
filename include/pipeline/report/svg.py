"""Matplotlib figures as SVG inside a page, in the page's font and colours."""

import io
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from xml.etree import ElementTree as ET

import matplotlib as mpl
from markupsafe import Markup
from matplotlib.figure import Figure

# Matplotlib draws in these; the page's custom properties take their place, and follow light and dark.
INK = "#0000f1"
MUTED = "#0000f2"
GRID = "#0000f3"
FIRST = "#0000f4"
SECOND = "#0000f5"
THIRD = "#0000f6"
SURFACE = "#0000f7"
_PROPERTIES = {
    INK: "var(--ink)",
    MUTED: "var(--muted)",
    GRID: "var(--grid)",
    FIRST: "var(--first)",
    SECOND: "var(--second)",
    THIRD: "var(--third)",
    SURFACE: "var(--surface)",
}
_SENTINEL = re.compile("|".join(_PROPERTIES))

# One user unit of the SVG is a point: a plot is 360 wide, so that a phone shows its text at 9 pixels.
WIDTH = 5.0
HEIGHT = 3.9
# Left, bottom, width and height of what the axes enclose: the rest is room for their labels.
AXES = (0.175, 0.15, 0.775, 0.82)
_STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "report",
    "text.parse_math": False,
    "text.color": INK,
    "font.size": 11.5,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "axes.labelsize": 11.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "legend.frameon": False,
    "legend.fontsize": 11.5,
    "legend.handlelength": 2.6,
    "lines.linewidth": 2.0,
    "lines.markersize": 7.0,
}

_SETTINGS = threading.Lock()
_FONT_FAMILY = re.compile(r"font-family: [^;]*; ")
_REFERENCE = re.compile(r"url\(#([^)]+)\)")


def inline_svg(
    draw: Callable[[], Figure], *, name: str, alternative: str, texts: Mapping[str, str] | None = None
) -> Markup:
    """Draw a figure and make it part of a page.

    The same figure gives the same bytes. Its ids begin with `name`, it has no style sheet and no font.

    Args:
        draw: Makes the figure, under the report's style.
        name: Name of the plot, used once on the page.
        alternative: What the plot shows, for people who cannot see it.
        texts: What to write in the place of text in the figure. Names from the data are written in this way:
            matplotlib does not have every glyph, and takes `$` for a formula.
    """
    written = io.BytesIO()
    # Matplotlib takes fonttype and hashsalt from its settings only: the process's, not the thread's.
    with _SETTINGS, mpl.rc_context(_STYLE):
        draw().savefig(written, format="svg", metadata={"Date": None})
    root = ET.fromstring(written.getvalue())  # noqa: S314 - matplotlib wrote it
    for parent in root.iter():
        for child in list(parent):
            if _local(child.tag) in {"metadata", "style"}:
                parent.remove(child)
    referred = set(_references(root))
    for element in root.iter():
        element.tag = _local(element.tag)
        element.tail = None
        element.attrib = {
            key: value for key, value in _attributes(element, name, referred) if value is not None
        }
        if element.tag == "text" and element.text in (texts or {}):
            element.text = (texts or {})[element.text or ""]
        elif element.tag != "text":
            element.text = None
    root.attrib = {"viewBox": root.attrib["viewBox"], "role": "img", "aria-label": alternative}
    return Markup(ET.tostring(root, encoding="unicode"))  # noqa: S704 - ElementTree escaped its text


def _local(tag: str) -> str:
    # HTML's parser knows `svg` and what is in it, and no namespaces.
    return tag.rpartition("}")[2]


def _references(root: ET.Element) -> Iterator[str]:
    for element in root.iter():
        for key, value in element.attrib.items():
            yield from _REFERENCE.findall(value)
            if _local(key) == "href":
                yield value.removeprefix("#")


def _attributes(element: ET.Element, name: str, referred: set[str]) -> Iterator[tuple[str, str | None]]:
    for key, value in element.attrib.items():
        match _local(key):
            case "id":
                yield "id", f"{name}-{value}" if value in referred else None
            case "href":
                yield "href", f"#{name}-{value.removeprefix('#')}"
            case "style":
                styled = _FONT_FAMILY.sub("", value)
                yield "style", _SENTINEL.sub(lambda colour: _PROPERTIES[colour[0]], styled)
            case attribute:
                yield attribute, _REFERENCE.sub(rf"url(#{name}-\1)", value)
