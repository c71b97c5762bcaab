"""How far off predictions of a number are, and where."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from markupsafe import Markup
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from include.pipeline.figures.few_rows import FEWEST_ROWS
from include.pipeline.report import formats
from include.pipeline.report.svg import AXES, FIRST, HEIGHT, MUTED, SECOND, WIDTH, inline_svg

if TYPE_CHECKING:
    from include.pipeline.report.contents import ReportContents

_TENTHS = 10
_MOST_POINTS = 1500
_PARTS, _FEWEST_PARTS = 30, 5
_OUTER = 0.01  # of the rows at either end, which the plot of residuals takes together


@dataclass(frozen=True)
class Tenth:
    """Rows with similar predictions."""

    rows: int
    predicted: float
    """Mean of their predictions."""
    observed: float
    """Mean of their labels."""
    rmse: float


@dataclass(frozen=True)
class ResidualsSection:
    """The predictions beside what was observed."""

    tenths: list[Tenth]
    """The lowest predictions first."""
    predicted: Markup
    """Predictions over labels."""
    residuals: Markup
    """How the errors are spread."""
    bias: float
    """Mean error: below 0, predictions are too low on average."""


def gather(contents: "ReportContents") -> ResidualsSection:
    """Gather the section."""
    labels, predictions = contents.labels, contents.scores
    errors = predictions - labels
    tenths = _tenths(labels, predictions)
    return ResidualsSection(
        tenths=tenths,
        predicted=_predicted_plot(contents, tenths),
        residuals=_residuals_plot(errors, few_shown=contents.few_rows_shown),
        bias=float(errors.mean()),
    )


def _tenths(labels: np.ndarray, predictions: np.ndarray) -> list[Tenth]:
    ascending = np.argsort(predictions, kind="stable")
    # Where values may not be seen, no mean is of fewer than ten rows.
    parts = max(1, min(_TENTHS, len(labels) // FEWEST_ROWS))
    return [
        Tenth(
            rows=len(part),
            predicted=float(predictions[part].mean()),
            observed=float(labels[part].mean()),
            rmse=float(np.sqrt(np.mean((predictions[part] - labels[part]) ** 2))),
        )
        for part in np.array_split(ascending, parts)
    ]


def _predicted_plot(contents: "ReportContents", tenths: list[Tenth]) -> Markup:
    """Draw predictions over labels: the rows, where they may be seen, and the mean of each tenth."""
    labels, predictions = contents.labels, contents.scores
    drawn = np.random.RandomState(0).permutation(len(labels))[:_MOST_POINTS]

    def draw() -> Figure:
        figure = Figure(figsize=(WIDTH, HEIGHT))
        axes = figure.add_axes(AXES)
        if contents.few_rows_shown:
            axes.plot(
                labels[drawn],
                predictions[drawn],
                linestyle="none",
                marker="o",
                markersize=2.5,
                color=FIRST,
                alpha=0.45,
                label="Row",
            )
        observed, predicted = ([getattr(each, name) for each in tenths] for name in ("observed", "predicted"))
        axes.plot(observed, predicted, color=SECOND, marker="D", linestyle="none", label="Mean of a tenth")
        ends = min(*observed, *predicted), max(*observed, *predicted)
        axes.axline((ends[0], ends[0]), slope=1, color=MUTED, linestyle="--", linewidth=1.4, label="Perfect")
        axes.set(xlabel="Observed", ylabel="Predicted")
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_locator(MaxNLocator(5))
        axes.legend(loc="upper left")
        return figure

    first, last = tenths[0], tenths[-1]
    return inline_svg(
        draw,
        name="predicted",
        alternative=f"Predictions over labels. Of the rows with the lowest predictions the mean is "
        f"{formats.figure(first.predicted)}, and {formats.figure(first.observed)} was observed; of those "
        f"with the highest {formats.figure(last.predicted)}, and {formats.figure(last.observed)}.",
    )


def _residuals_plot(errors: np.ndarray, *, few_shown: bool) -> Markup:
    """Draw how many rows have errors of each size; the outer hundredths are in the outer bars."""
    low, high = np.quantile(errors, [_OUTER, 1 - _OUTER])
    if not low < high:
        low, high = low - 1, high + 1
    # Of few rows, wide bars: narrow ones would hold too few to be told.
    parts = min(_PARTS, max(_FEWEST_PARTS, len(errors) // (2 * FEWEST_ROWS)))
    counts, edges = np.histogram(errors.clip(low, high), parts, (low, high))
    told = counts if few_shown else np.where(counts < FEWEST_ROWS, 0, counts)

    def draw() -> Figure:
        figure = Figure(figsize=(WIDTH, HEIGHT))
        axes = figure.add_axes(AXES)
        axes.stairs(told, edges, color=FIRST, fill=True, alpha=0.35)
        axes.stairs(told, edges, color=FIRST, linewidth=1.6)
        axes.axvline(0, color=MUTED, linestyle="--", linewidth=1.4)
        axes.set(xlabel="Predicted less observed", ylabel="Test rows")
        axes.xaxis.set_major_locator(MaxNLocator(5))
        axes.yaxis.set_major_locator(MaxNLocator(5, integer=True))
        return figure

    middle = np.quantile(errors, [0.25, 0.75])
    return inline_svg(
        draw,
        name="residuals",
        alternative=f"Errors of the predictions. Half of them lie between {formats.figure(middle[0])} and "
        f"{formats.figure(middle[1])}.",
    )
