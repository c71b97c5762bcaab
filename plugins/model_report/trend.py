"""How the figures of a pipeline's models went over its runs, drawn as inline SVG."""

import io
import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from include.pipeline.documents.metrics import Evaluation

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Matplotlib's settings are the process's, not the thread's.
_lock = threading.Lock()

# Stand for the page's own colours, which change with light and dark.
_COLOURS = {
    "#010101": "var(--text)",
    "#020202": "var(--muted)",
    "#030303": "var(--line)",
    "#040404": "var(--surface)",
    "#050505": "var(--series-1)",
    "#060606": "var(--series-2)",
    "#070707": "var(--series-3)",
}
_TEXT, _MUTED, _LINE, _SURFACE, *_SERIES = _COLOURS
_FIGURES = {"roc_auc": ("ROC AUC", "o"), "average_precision": ("Average precision", "s"), "f1": ("F1", "^")}
_MOST_TICKS = 6


@dataclass(frozen=True)
class TrendPoint:
    """One run of the trend."""

    when: datetime
    evaluation: Evaluation
    passed: bool
    """The quality gate. A run that did not is drawn hollow."""


def trend_svg(points: Sequence[TrendPoint]) -> str:
    """Draw ROC AUC, average precision and F1 with their intervals over runs.

    Args:
        points: At least two, the oldest first.

    Returns:
        An `<svg>` element for a page that sets the colours as CSS variables.
    """
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    # Text stays text: readable by a screen reader, in the page's font. The salt makes the same of the same.
    with _lock, rc_context({"svg.fonttype": "none", "svg.hashsalt": "trend", "font.size": 10}):
        figure = Figure(figsize=(8, 4.6), layout="constrained")
        # One above the other, each with its own scale: on a common one, all would look flat.
        panels = figure.subplots(len(_FIGURES), sharex=True)
        for axes, colour, (name, (label, marker)) in zip(panels, _SERIES, _FIGURES.items(), strict=True):
            _draw(axes, points, name, colour, marker)
            axes.set_title(label, loc="left", color=_TEXT, fontsize=10)
        step = -(-len(points) // _MOST_TICKS)
        ticks = range(len(points) - 1, -1, -step)
        day = _only_day(points)
        written = _time if day else _date
        panels[-1].set_xticks(ticks, [written(points[tick]) for tick in ticks])
        if day:
            panels[-1].set_xlabel(f"{day}, UTC", color=_MUTED)
        drawn = io.StringIO()
        figure.savefig(drawn, format="svg", transparent=True, metadata={"Date": None})
    return _for_the_page(drawn.getvalue())


def _draw(axes: "Axes", points: Sequence[TrendPoint], name: str, colour: str, marker: str) -> None:
    at = range(len(points))
    values = [getattr(point.evaluation, name) for point in points]
    intervals = [point.evaluation.intervals[name] for point in points]
    lows, highs = [each.low for each in intervals], [each.high for each in intervals]
    axes.fill_between(at, lows, highs, color=colour, alpha=0.18, linewidth=0)
    axes.plot(at, values, color=colour, linewidth=1.5)
    for position, value, point in zip(at, values, points, strict=True):
        inside = colour if point.passed else _SURFACE
        axes.plot(position, value, marker, color=colour, markerfacecolor=inside, markersize=5)
    axes.grid(axis="y", color=_LINE, linewidth=0.6)
    axes.locator_params(axis="y", nbins=4)
    axes.tick_params(colors=_MUTED, length=0)
    axes.spines[:].set_visible(False)


def trend_text(points: Sequence[TrendPoint]) -> str:
    """Say what the plot shows."""
    spans = []
    for name, (label, _) in _FIGURES.items():
        values = [getattr(point.evaluation, name) for point in points]
        spans.append(f"{label} from {min(values):.3f} to {max(values):.3f}, last {values[-1]:.3f}")
    return f"{'; '.join(spans)}; over {len(points)} runs {_span(points)}."


def _span(points: Sequence[TrendPoint]) -> str:
    day = _only_day(points)
    if day is None:
        return f"from {_date(points[0])}"
    return f"of {day}, from {_time(points[0])} to {_time(points[-1])} UTC"


def _only_day(points: Sequence[TrendPoint]) -> str | None:
    """Name the day that all runs are of; None where they are of several."""
    days = {_date(point) for point in points}
    return days.pop() if len(days) == 1 else None


def _date(point: TrendPoint) -> str:
    return f"{point.when.astimezone(UTC):%Y-%m-%d}"


def _time(point: TrendPoint) -> str:
    return f"{point.when.astimezone(UTC):%H:%M}"


def _for_the_page(svg: str) -> str:
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    # Nothing refers to the ids of groups, and two plots of a page would share them.
    svg = re.sub(r'<g id="[^"]*"', "<g", svg)
    # The figure around it has the text alternative.
    svg = svg.replace("<svg", '<svg aria-hidden="true" focusable="false"', 1)
    for drawn, shown in _COLOURS.items():
        svg = svg.replace(drawn, shown)
    return svg
