"""How well the scores put the positives before the negatives, at every threshold."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from sklearn.metrics import precision_recall_curve, roc_curve

from include.pipeline.report import formats
from include.pipeline.report.share_axes import share_axes
from include.pipeline.report.shared_figures import positive_share
from include.pipeline.report.svg import FIRST, MUTED, SECOND, inline_svg

if TYPE_CHECKING:
    from include.pipeline.report.contents import ReportContents


@dataclass(frozen=True)
class RankingSection:
    """The two curves, and the area below each."""

    roc_auc: float
    average_precision: float
    positive_share: float
    """Share of positives in the test rows: what guessing has for average precision."""
    roc: Markup
    precision_recall: Markup


def gather(contents: "ReportContents") -> RankingSection:
    """Gather the section."""
    evaluation = contents.evaluation
    return RankingSection(
        roc_auc=evaluation.roc_auc,
        average_precision=evaluation.average_precision,
        positive_share=positive_share(evaluation),
        roc=_roc_plot(contents),
        precision_recall=_precision_recall_plot(contents),
    )


def _roc_plot(contents: "ReportContents") -> Markup:
    """Draw the true positive rate over the false positive rate."""
    evaluation = contents.evaluation
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
    evaluation = contents.evaluation
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


def _mark_threshold(axes: Axes, x: float, y: float, threshold: float) -> None:
    axes.plot(
        x, y, color=SECOND, marker="D", linestyle="none", label=f"Threshold {formats.threshold(threshold)}"
    )
