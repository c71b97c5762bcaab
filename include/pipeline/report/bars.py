"""Bars for columns of the data, and how plots write the columns' names."""

import unicodedata
from collections.abc import Mapping, Sequence

from markupsafe import Markup
from matplotlib.figure import Figure

from include.pipeline.report import formats
from include.pipeline.report.svg import FIRST, SECOND, SURFACE, WIDTH, inline_svg

_LONGEST_NAME = 27
_BAR = 0.27  # inches from one to the next
_LEGEND = 0.32


def column_bars(
    columns: Sequence[str],
    lengths: Sequence[float],
    *,
    name: str,
    alternative: str,
    limits: Mapping[str, float] | None = None,
) -> Markup:
    """Draw a bar for each column, the first at the top.

    Args:
        columns: Names of the columns, at least one.
        lengths: Length of each bar, 0 or more.
        name: Name of the plot, used once on the page.
        alternative: What the plot shows, for people who cannot see it.
        limits: Lengths to mark with a line across all bars, at most two, by their names in the legend.
    """
    rows = range(len(columns))
    lines = limits or {}
    top = _LEGEND if lines else 0.05

    def draw() -> Figure:
        height = top + 0.05 + _BAR * len(columns)
        figure = Figure(figsize=(WIDTH, height))
        axes = figure.add_axes((0.47, 0.05 / height, 0.4, _BAR * len(columns) / height))
        axes.barh(rows, lengths, height=0.62, color=FIRST)
        for row, value in enumerate(lengths):
            axes.annotate(
                f"{value:.3g}",
                (value, row),
                xytext=(4, 0),
                textcoords="offset points",
                va="center_baseline",
                # A limit's line ends at the figure, and does not cross it.
                bbox={"facecolor": SURFACE, "edgecolor": "none", "pad": 1.2},
            )
        for (what, limit), dash in zip(lines.items(), ("--", ":"), strict=False):
            axes.axvline(limit, color=SECOND, linestyle=dash, linewidth=1.4, label=what, clip_on=False)
        if lines:
            axes.legend(loc="lower right", bbox_to_anchor=(1.3, 1), ncols=2, borderpad=0)
        axes.set_yticks(rows, [stand_in(row) for row in rows])
        axes.tick_params(length=0, labelbottom=False)
        axes.set(ylim=(len(columns) - 0.5, -0.5), xlim=(0, max(*lengths, *lines.values(), 0) or 1))
        axes.grid(visible=False)
        axes.spines["bottom"].set_visible(False)
        return figure

    names = {stand_in(row): label(column) for row, column in enumerate(columns)}
    return inline_svg(draw, name=name, alternative=alternative, texts=names)


def stand_in(row: int) -> str:
    """Return what matplotlib draws in the place of a name from the data."""
    return f"name {row}"


def label(name: str, longest: int = _LONGEST_NAME) -> str:
    """Shorten a name so that it fits into a plot. An East Asian letter takes the room of two."""
    text = str(formats.printable(name))
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in text[:longest])
    return formats.shortened(text, longest - wide // 2)
