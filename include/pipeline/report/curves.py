"""The plots of what the model's scores are worth."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator, PercentFormatter
from sklearn.calibration import calibration_curve
from sklearn.metrics import precision_recall_curve, roc_curve

from include.pipeline.report import formats
from include.pipeline.report.svg import AXES, FIRST, HEIGHT, INK, MUTED, SECOND, THIRD, WIDTH, inline_svg

if TYPE_CHECKING:
    from include.pipeline.documents.metrics import Evaluation

_BINS = 10
_SHARES = PercentFormatter(1, decimals=0, symbol=f"{formats.NO_BREAK}%")


def roc_plot(evaluation: "Evaluation", labels: "np.ndarray", scores: "np.ndarray") -> Markup:
    """Draw the share of yeses found over the share of noes that are taken for a yes."""
    matrix = evaluation.confusion_matrix
    false_alarms = matrix.fp / (evaluation.rows - evaluation.positives)

    def draw() -> Figure:
        figure, axes = _shares_plot("Noes taken for a yes (false positive rate)", "Yeses found (recall)")
        x, y, _ = roc_curve(labels, scores)
        axes.plot(x, y, color=FIRST, label="Model")
        axes.plot([0, 1], [0, 1], color=MUTED, linestyle="--", linewidth=1.4, label="Guessing")
        _mark_threshold(axes, false_alarms, evaluation.recall, evaluation.threshold)
        axes.legend(loc="lower right")
        return figure

    return inline_svg(
        draw,
        name="roc",
        alternative=f"ROC curve, area {evaluation.roc_auc:.3f}; guessing has 0.5. At the threshold "
        f"{evaluation.threshold:g} the model finds {formats.percent(evaluation.recall)} of the yeses and "
        f"takes {formats.percent(false_alarms, 1)} of the noes for a yes.",
    )


def precision_recall_plot(evaluation: "Evaluation", labels: "np.ndarray", scores: "np.ndarray") -> Markup:
    """Draw how many of those said yes are one, over the share of yeses found."""
    share = evaluation.positives / evaluation.rows

    def draw() -> Figure:
        figure, axes = _shares_plot("Yeses found (recall)", "Yeses among those said yes (precision)")
        precision, recall, _ = precision_recall_curve(labels, scores, drop_intermediate=True)
        axes.plot(recall, precision, color=FIRST, drawstyle="steps-post", label="Model")
        axes.axhline(share, color=MUTED, linestyle="--", linewidth=1.4, label="Guessing")
        _mark_threshold(axes, evaluation.recall, evaluation.precision, evaluation.threshold)
        axes.legend(loc="upper right")
        return figure

    return inline_svg(
        draw,
        name="precision-recall",
        alternative=f"Precision-recall curve, average precision {evaluation.average_precision:.3f}; guessing "
        f"has {share:.3f}. At the threshold {evaluation.threshold:g} precision is "
        f"{formats.percent(evaluation.precision)} and recall {formats.percent(evaluation.recall)}.",
    )


@dataclass(frozen=True)
class CalibrationPoint:
    """A group of rows with like scores: their mean score, and the share of a yes among them."""

    score: float
    observed: float


def calibration_points(labels: "np.ndarray", scores: "np.ndarray") -> list[CalibrationPoint]:
    """Group the rows by their scores, in up to ten groups of the same size, the lowest scores first."""
    observed, predicted = calibration_curve(labels, scores, n_bins=_BINS, strategy="quantile")
    return [
        CalibrationPoint(float(score), float(share)) for score, share in zip(predicted, observed, strict=True)
    ]


def calibration_plot(points: list[CalibrationPoint], brier_score: float) -> Markup:
    """Draw the share of a yes over the mean score of each group."""
    predicted = [point.score for point in points]
    observed = [point.observed for point in points]

    def draw() -> Figure:
        figure, axes = _shares_plot("Score, mean of the group", "Yeses in the group")
        most = min(1.0, 1.08 * max(*observed, *predicted, 0.05))
        axes.plot([0, most], [0, most], color=MUTED, linestyle="--", linewidth=1.4, label="Perfect")
        axes.plot(predicted, observed, color=FIRST, marker="o", label="Model")
        axes.set(xlim=(-0.02 * most, most * 1.02), ylim=(-0.02 * most, most * 1.02))
        axes.legend(loc="upper left")
        return figure

    worst = max(points, key=lambda point: abs(point.observed - point.score))
    return inline_svg(
        draw,
        name="calibration",
        alternative=f"Calibration curve of {len(points)} groups of rows, Brier score {brier_score:.3f}. "
        f"Farthest off is the group with a mean score of {formats.percent(worst.score)}, of which "
        f"{formats.percent(worst.observed)} are a yes.",
    )


def gain_plot(evaluation: "Evaluation", *, called: float, reached: float) -> Markup:
    """Draw the share of yeses reached over the share of customers called, the highest scores first.

    Args:
        evaluation: Its deciles are drawn.
        called: Share of customers that is marked.
        reached: Share of yeses that calling them reaches.
    """
    rows = np.cumsum([0, *(decile.rows for decile in evaluation.deciles)]) / evaluation.rows
    gains = [0, *(decile.gain for decile in evaluation.deciles)]

    def draw() -> Figure:
        figure, axes = _shares_plot("Customers called, highest scores first", "Yeses reached")
        axes.plot(rows, gains, color=FIRST, marker="o", markersize=4.5, label="By score")
        axes.plot([0, 1], [0, 1], color=MUTED, linestyle="--", linewidth=1.4, label="At random")
        axes.plot([called, called, 0], [0, reached, reached], color=SECOND, linestyle=":", linewidth=1.6)
        label = f"{formats.percent(called)} called"
        axes.plot(called, reached, color=SECOND, marker="D", linestyle="none", label=label)
        axes.legend(loc="lower right")
        return figure

    return inline_svg(
        draw,
        name="gain",
        alternative=f"Cumulative gain: calling the {formats.percent(called)} of customers with the highest "
        f"scores reaches {formats.percent(reached)} of the yeses; as many at random would reach "
        f"{formats.percent(called)}.",
    )


def threshold_plot(evaluation: "Evaluation") -> Markup:
    """Draw precision, recall and F1 over the threshold."""
    best = evaluation.best_f1.test
    thresholds = [row.threshold for row in evaluation.thresholds]
    precisions = [
        row.precision if row.confusion_matrix.tp + row.confusion_matrix.fp else math.nan
        for row in evaluation.thresholds
    ]

    def draw() -> Figure:
        figure, axes = _shares_plot("Threshold", "")
        axes.set_position((0.14, 0.15, 0.81, 0.69))
        axes.xaxis.set_major_formatter("{x:.1f}")
        for name, values, colour, dash in (
            ("Precision", precisions, FIRST, "-"),
            ("Recall", [row.recall for row in evaluation.thresholds], SECOND, "--"),
            ("F1", [row.f1 for row in evaluation.thresholds], THIRD, "-."),
        ):
            axes.plot(thresholds, values, color=colour, linestyle=dash, label=name)
        _line_of_threshold(axes, evaluation.threshold)
        best_label = f"Best F1, at {best.threshold:.2f}"
        axes.plot(best.threshold, best.f1, color=THIRD, marker="D", linestyle="none", label=best_label)
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, borderpad=0)
        return figure

    return inline_svg(
        draw,
        name="thresholds",
        alternative=f"Precision, recall and F1 by threshold. F1 is highest, {best.f1:.3f}, at "
        f"{best.threshold:.2f}; at the threshold in force, {evaluation.threshold:g}, it is "
        f"{evaluation.f1:.3f}.",
    )


def profit_plot(evaluation: "Evaluation", *, in_force: float) -> Markup:
    """Draw the profit over the threshold.

    Args:
        evaluation: Its thresholds are drawn.
        in_force: Profit at the threshold in force.
    """
    best = evaluation.best_profit.test
    thresholds = [row.threshold for row in evaluation.thresholds]

    def draw() -> Figure:
        figure = Figure(figsize=(WIDTH, HEIGHT))
        axes = figure.add_axes((0.2, 0.15, 0.75, 0.75))
        axes.plot(thresholds, [row.profit for row in evaluation.thresholds], color=FIRST)
        axes.axhline(0, color=MUTED, linewidth=1.2)
        axes.set(xlim=(-0.02, 1.02), xlabel="Threshold", ylabel="Profit")
        axes.xaxis.set_major_formatter("{x:.1f}")
        axes.yaxis.set_major_locator(MaxNLocator(6))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda amount, _: formats.money(amount)))
        axes.margins(y=0.12)
        _line_of_threshold(axes, evaluation.threshold)
        axes.plot(best.threshold, best.profit, color=SECOND, marker="D", linestyle="none")
        axes.annotate(
            f"best, at {best.threshold:.2f}",
            (best.threshold, best.profit),
            xytext=(9, 6),
            textcoords="offset points",
            ha="left" if best.threshold < 0.7 else "right",  # noqa: PLR2004
        )
        return figure

    return inline_svg(
        draw,
        name="profit",
        alternative=f"Profit by threshold. It is highest, {formats.money(best.profit)}, at "
        f"{best.threshold:.2f}; at the threshold in force, {evaluation.threshold:g}, it is "
        f"{formats.money(in_force)}.",
    )


def _shares_plot(x: str, y: str) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(WIDTH, HEIGHT))
    axes = figure.add_axes(AXES)
    axes.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), xlabel=x, ylabel=y)
    axes.xaxis.set_major_formatter(_SHARES)
    axes.yaxis.set_major_formatter(_SHARES)
    return figure, axes


def _mark_threshold(axes: Axes, x: float, y: float, threshold: float) -> None:
    axes.plot(x, y, color=SECOND, marker="D", linestyle="none", label=f"Threshold {threshold:g}")


def _line_of_threshold(axes: Axes, threshold: float) -> None:
    axes.axvline(threshold, color=INK, linestyle=":", linewidth=1.4)
    left = threshold > 0.75  # noqa: PLR2004
    axes.annotate(
        "in force",
        (threshold, 1),
        xycoords=("data", "axes fraction"),
        xytext=(-5 if left else 5, -11),
        textcoords="offset points",
        ha="right" if left else "left",
    )
