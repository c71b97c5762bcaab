"""Whether a score can be read as the chance that a row is positive."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from markupsafe import Markup
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from include.pipeline.figures.few_rows import is_few
from include.pipeline.figures.interval import Interval
from include.pipeline.figures.share_interval import wilson
from include.pipeline.report import formats
from include.pipeline.report.share_axes import share_axes
from include.pipeline.report.svg import FIRST, MUTED, SECOND, inline_svg

if TYPE_CHECKING:
    from include.pipeline.report.contents import ReportContents

_BINS = 10
_FEWEST_CLOSER = 3


@dataclass(frozen=True)
class CalibrationPoint:
    """A group of rows with similar scores."""

    score: float
    """Mean of their scores."""
    observed: float
    """Share of positives among them."""
    rows: int
    positives: int
    interval: Interval | None
    """Of the share of positives."""


@dataclass(frozen=True)
class CalibrationSection:
    """The scores beside what was observed."""

    points: list[CalibrationPoint]
    """The lowest scores first."""
    plots: list[Markup]
    """Share of positives over the mean score of each group; and closer, where most groups have low scores."""


def gather(contents: "ReportContents") -> CalibrationSection:
    """Gather the section."""
    points = _points(contents)
    told = [
        point
        for point in points
        if contents.few_rows_shown or not (is_few(point.rows) or is_few(point.positives))
    ]
    plots = [_plot(told, "calibration", contents.binary.brier_score)]
    if len(told) > _FEWEST_CLOSER and _end(told[:-1]) < _end(told) / 2:
        plots.append(_plot(told[:-1], "calibration-closer", contents.binary.brier_score))
    return CalibrationSection(points=points, plots=plots)


def _points(contents: "ReportContents") -> list[CalibrationPoint]:
    """Group the rows by their scores, in up to ten groups of the same size, the lowest scores first.

    Rows of the same score stay together.
    """
    labels, scores = contents.labels, contents.scores
    edges = np.unique(np.quantile(scores, np.arange(1, _BINS) / _BINS))
    groups = np.searchsorted(edges, scores)
    return [_point(labels[groups == group], scores[groups == group]) for group in np.unique(groups)]


def _point(labels: np.ndarray, scores: np.ndarray) -> CalibrationPoint:
    rows, positives = len(labels), int(labels.sum())
    return CalibrationPoint(
        score=float(scores.mean()),
        observed=positives / rows,
        rows=rows,
        positives=positives,
        interval=wilson(positives / rows, rows),
    )


def _end(points: list[CalibrationPoint]) -> float:
    """Tell how far the axes reach."""
    return min(1.0, 1.08 * max([0.05, *(max(point.observed, point.score) for point in points)]))


def _plot(points: list[CalibrationPoint], name: str, brier_score: float) -> Markup:
    """Draw the share of positives over the mean score of each group, with its interval."""
    predicted = [point.score for point in points]
    observed = [point.observed for point in points]
    beyond = [
        [point.observed - point.interval.low if point.interval else 0 for point in points],
        [point.interval.high - point.observed if point.interval else 0 for point in points],
    ]

    def draw() -> Figure:
        figure, axes = share_axes("Score, mean of the group", "Positives in the group")
        most = _end(points)
        axes.plot([0, most], [0, most], color=MUTED, linestyle="--", linewidth=1.4, label="Perfect")
        axes.errorbar(
            predicted,
            observed,
            yerr=beyond,
            fmt="none",
            ecolor=SECOND,
            elinewidth=1.4,
            label=f"95{formats.NO_BREAK}% interval",
        )
        axes.plot(predicted, observed, color=FIRST, marker="o", markersize=5, label="Model")
        axes.set(xlim=(-0.02 * most, most * 1.02), ylim=(-0.02 * most, most * 1.02))
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
        axes.legend(loc="upper left")
        return figure

    said = ""
    if points:
        worst = max(points, key=lambda point: abs(point.observed - point.score))
        said = (
            f" Farthest off is the group with a mean score of {formats.percent(worst.score)}, of which "
            f"{formats.percent(worst.observed)} are positive."
        )
    return inline_svg(
        draw,
        name=name,
        alternative=f"Calibration curve of {len(points)} groups of rows, Brier score {brier_score:.3f}."
        f"{said}",
    )
