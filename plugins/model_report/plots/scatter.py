"""Two figures of a pipeline's models against each other, drawn as inline SVG."""

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from markupsafe import Markup

from include.pipeline.report import formats
from plugins.model_report.run_filter import ALL_FIGURES

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Plot

_SIZE = (6.4, 4.2)  # inches
_BESIDE = (5, 4)  # points from a dot to its number


@dataclass(frozen=True)
class ScatterPoint:
    """One run of the plot."""

    number: int
    """Its number in the list of runs."""
    x: float
    y: float
    passed: bool
    """Whether it passed the quality gate. A run that did not is drawn hollow."""


@lru_cache(maxsize=32)
def scatter_svg(pipeline: str, x: str, y: str, points: tuple[ScatterPoint, ...]) -> Markup:
    """Draw a dot for each run, with its number.

    Args:
        pipeline: Whose runs they are; a page has one plot of each.
        x: Name of the figure from left to right.
        y: Name of the figure from below to above.
        points: At least one.

    Returns:
        An `<svg>` element in the page's colours.
    """
    from include.pipeline.report import svg

    def draw() -> "Plot":
        from matplotlib.figure import Figure as Plot

        plot = Plot(figsize=_SIZE, layout="constrained")
        axes = plot.subplots()
        numbers: dict[tuple[float, float], list[str]] = {}
        for point in points:
            numbers.setdefault((point.x, point.y), []).append(str(point.number))
            inside = svg.FIRST if point.passed else svg.SURFACE
            axes.plot(point.x, point.y, "o", color=svg.FIRST, markerfacecolor=inside, markersize=7)
        for place, alike in numbers.items():
            axes.annotate(", ".join(alike), place, xytext=_BESIDE, textcoords="offset points")
        axes.set_xlabel(ALL_FIGURES[x].title)
        axes.set_ylabel(ALL_FIGURES[y].title)
        axes.margins(0.12)
        return plot

    return svg.inline_svg(draw, name=f"scatter-{pipeline}", alternative=scatter_text(x, y, points))


def scatter_text(x: str, y: str, points: tuple[ScatterPoint, ...]) -> str:
    """Say what the plot shows."""
    first, second = ALL_FIGURES[x].title, ALL_FIGURES[y].title
    told = "; ".join(
        f"run {point.number}: {formats.decimal(point.x, 3)}, {formats.decimal(point.y, 3)}"
        for point in points
    )
    return f"{second} against {first} of {len(points)} runs. {first} and {second} of {told}."
