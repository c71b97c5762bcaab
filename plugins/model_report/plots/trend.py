"""How the figures of a pipeline's models changed from run to run, drawn as inline SVG."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from markupsafe import Markup

from include.pipeline.documents.metrics import ListedModel, ModelEvaluation
from include.pipeline.figures.figure import ShownFigure
from include.pipeline.report import formats

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Plot

_MOST_TICKS = 6
_WIDTH = 8.0  # inches
_PANEL_HEIGHT = 1.55


@dataclass(frozen=True)
class TrendPoint:
    """One run of the trend."""

    when: datetime
    evaluation: ListedModel | ModelEvaluation = field(hash=False)
    passed: bool
    """Whether it passed the quality gate. A run that did not is drawn hollow."""


# To draw takes longer than all else that the page does, and only a new run changes the plot.
@lru_cache(maxsize=32)
def trend_svg(pipeline: str, points: tuple[TrendPoint, ...]) -> Markup:
    """Draw the figures that are in the trend with their intervals over runs, once for the same runs.

    Args:
        pipeline: Whose runs they are; a page has one plot of each.
        points: At least two, the oldest first.

    Returns:
        An `<svg>` element in the page's colours.
    """
    from include.pipeline.report import svg

    styles = itertools.cycle(((svg.FIRST, "o"), (svg.SECOND, "s"), (svg.THIRD, "^")))

    def draw() -> "Plot":
        from matplotlib.figure import Figure as Plot

        shown = _shown(points)
        plot = Plot(figsize=(_WIDTH, _PANEL_HEIGHT * len(shown)), layout="constrained")
        # A panel and a scale for each figure: on a common scale, all lines would look flat.
        panels = plot.subplots(len(shown), sharex=True, squeeze=False)[:, 0]
        for axes, (name, figure), (colour, marker) in zip(panels, shown.items(), styles, strict=False):
            _draw(axes, points, name, colour=colour, marker=marker, hollow=svg.SURFACE)
            axes.set_title(figure.title, loc="left", fontsize="medium")
        step = -(-len(points) // _MOST_TICKS)
        ticks = range(len(points) - 1, -1, -step)
        day = _only_day(points)
        written = _time if day else _date
        panels[-1].set_xticks(ticks, [written(points[tick]) for tick in ticks])
        if day:
            panels[-1].set_xlabel(f"{day}, UTC")
        return plot

    return svg.inline_svg(draw, name=f"trend-{pipeline}", alternative=trend_text(points))


def _shown(points: Sequence[TrendPoint]) -> dict[str, ShownFigure]:
    """Tell the figures of the newest run's kind."""
    return {name: figure for name, figure in points[-1].evaluation.FIGURES.items() if figure.in_trend}


def _draw(
    axes: "Axes", points: Sequence[TrendPoint], name: str, *, colour: str, marker: str, hollow: str
) -> None:
    at = range(len(points))
    # A run that was evaluated before the project had the figure gets no point.
    values = [math.nan if (value := getattr(point.evaluation, name)) is None else value for point in points]
    intervals = [point.evaluation.intervals.get(name) for point in points]
    lows = [each.low if each else math.nan for each in intervals]
    highs = [each.high if each else math.nan for each in intervals]
    axes.fill_between(at, lows, highs, color=colour, alpha=0.18, linewidth=0)
    axes.plot(at, values, color=colour, linewidth=1.5)
    for position, value, point in zip(at, values, points, strict=True):
        inside = colour if point.passed else hollow
        axes.plot(position, value, marker, color=colour, markerfacecolor=inside, markersize=5)
    axes.grid(visible=False, axis="x")
    axes.locator_params(axis="y", nbins=4)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)


def trend_text(points: Sequence[TrendPoint]) -> str:
    """Say what the plot shows."""
    spans = []
    for name, figure in _shown(points).items():
        values = [value for point in points if (value := getattr(point.evaluation, name)) is not None]
        if values:
            low, high, last = (_written(value, figure) for value in (min(values), max(values), values[-1]))
            spans.append(f"{figure.title} from {low} to {high}, last {last}")
    return f"{'; '.join(spans)}; over {len(points)} runs {_span(points)}."


def _written(value: float, figure: ShownFigure) -> str:
    return formats.decimal(value, 3) if figure.most <= 1 else formats.figure(value)


def _span(points: Sequence[TrendPoint]) -> str:
    day = _only_day(points)
    if day is None:
        return f"from {_date(points[0])}"
    return f"of {day}, from {_time(points[0])} to {_time(points[-1])} UTC"


def _only_day(points: Sequence[TrendPoint]) -> str | None:
    """Return the day of all runs; None where they are of several days."""
    days = {_date(point) for point in points}
    return days.pop() if len(days) == 1 else None


def _date(point: TrendPoint) -> str:
    return f"{point.when.astimezone(UTC):%Y-%m-%d}"


def _time(point: TrendPoint) -> str:
    return f"{point.when.astimezone(UTC):%H:%M}"
