"""How well the scores put the positives before the negatives, at every threshold."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from sklearn.metrics import precision_recall_curve, roc_curve

from include.pipeline.figures.few_rows import FEWEST_ROWS
from include.pipeline.report import formats
from include.pipeline.report.share_axes import share_axes
from include.pipeline.report.shared_figures import positive_share
from include.pipeline.report.svg import FIRST, INK, MUTED, SECOND, inline_svg

if TYPE_CHECKING:
    from include.pipeline.report.contents import ReportContents

_PARTS = 25  # of the scores from 0 to 1


@dataclass(frozen=True)
class RankingSection:
    """The two curves, and the area below each."""

    roc_auc: float
    average_precision: float
    positive_share: float
    """Share of positives in the test rows: what guessing has for average precision."""
    roc: Markup
    precision_recall: Markup
    by_class: Markup
    """How the scores of either class are spread."""
    ks: float | None
    """How far one threshold tells the classes apart; None where an earlier version wrote the evaluation."""


def gather(contents: "ReportContents") -> RankingSection:
    """Gather the section."""
    evaluation = contents.binary
    return RankingSection(
        roc_auc=evaluation.roc_auc,
        average_precision=evaluation.average_precision,
        positive_share=positive_share(evaluation),
        roc=_roc_plot(contents),
        precision_recall=_precision_recall_plot(contents),
        by_class=_by_class_plot(contents),
        ks=evaluation.ks,
    )


def _roc_plot(contents: "ReportContents") -> Markup:
    """Draw the true positive rate over the false positive rate."""
    evaluation = contents.binary
    threshold = formats.threshold(evaluation.threshold)
    false_positive_rate = evaluation.confusion_matrix.fp / (evaluation.rows - evaluation.positives)

    def draw() -> Figure:
        figure, axes = share_axes("False positive rate", "True positive rate (recall)")
        x, y, _ = roc_curve(contents.labels, contents.scores)
        axes.plot(x, y, color=FIRST, label="Model")
        axes.plot([0, 1], [0, 1], color=MUTED, linestyle="--", linewidth=1.4, label="Guessing")
        _mark_threshold(axes, false_positive_rate, evaluation.recall, evaluation.threshold)
        axes.legend(loc="lower right")
        return figure

    return inline_svg(
        draw,
        name="roc",
        alternative=f"ROC curve, area {evaluation.roc_auc:.3f}; guessing has 0.5. At the threshold "
        f"{threshold} the true positive rate is {formats.percent(evaluation.recall)} and the "
        f"false positive rate {formats.percent(false_positive_rate, 1)}.",
    )


def _precision_recall_plot(contents: "ReportContents") -> Markup:
    """Draw precision over recall."""
    evaluation = contents.binary
    share = positive_share(evaluation)
    at_threshold = (
        "no row is predicted positive"
        if evaluation.precision is None
        else f"precision is {formats.percent(evaluation.precision)} and recall "
        f"{formats.percent(evaluation.recall)}"
    )

    def draw() -> Figure:
        figure, axes = share_axes("Recall", "Precision")
        precision, recall, _ = precision_recall_curve(
            contents.labels, contents.scores, drop_intermediate=True
        )
        axes.plot(recall, precision, color=FIRST, drawstyle="steps-post", label="Model")
        axes.axhline(share, color=MUTED, linestyle="--", linewidth=1.4, label="Guessing")
        if evaluation.precision is not None:
            _mark_threshold(axes, evaluation.recall, evaluation.precision, evaluation.threshold)
        axes.legend(loc="upper right")
        return figure

    return inline_svg(
        draw,
        name="precision-recall",
        alternative=f"Precision-recall curve, average precision {evaluation.average_precision:.3f}; guessing "
        f"has {share:.3f}. At the threshold {formats.threshold(evaluation.threshold)} {at_threshold}.",
    )


def _by_class_plot(contents: "ReportContents") -> Markup:
    """Draw which share of the positives, and of the negatives, has scores of each height."""
    classes = {"Negatives": (0, MUTED), "Positives": (1, FIRST)}
    edges = np.linspace(0, 1, _PARTS + 1)
    shares = {}
    for name, (label, _) in classes.items():
        counts, _ = np.histogram(contents.scores[contents.labels == label], edges)
        # A part of fewer than ten rows is drawn as one of none where they may not be counted.
        told = counts if contents.few_rows_shown else np.where(counts < FEWEST_ROWS, 0, counts)
        shares[name] = told / max(1, counts.sum())
    middles = {
        name: float(np.median(contents.scores[contents.labels == label]))
        for name, (label, _) in classes.items()
    }

    def draw() -> Figure:
        figure, axes = share_axes("Score", "Share of the class")
        for name, (_, colour) in classes.items():
            axes.stairs(shares[name], edges, color=colour, linewidth=1.8, label=name)
            axes.stairs(shares[name], edges, color=colour, fill=True, alpha=0.18)
        axes.set_ylim(0, 1.08 * max(part.max() for part in shares.values()) or 1)
        axes.xaxis.set_major_formatter("{x:.1f}")
        if contents.binary.threshold <= 1:
            axes.axvline(
                contents.binary.threshold, color=INK, linestyle=":", linewidth=1.4, label="Threshold"
            )
        axes.legend(loc="upper right")
        return figure

    return inline_svg(
        draw,
        name="by-class",
        alternative="Scores of the positives and of the negatives. Half of the positives score above "
        f"{middles['Positives']:.3f}, half of the negatives above {middles['Negatives']:.3f}.",
    )


def _mark_threshold(axes: Axes, x: float, y: float, threshold: float) -> None:
    axes.plot(
        x, y, color=SECOND, marker="D", linestyle="none", label=f"Threshold {formats.threshold(threshold)}"
    )
