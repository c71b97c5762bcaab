"""The metrics, beside their values without a model."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from include.pipeline.figures.interval import FEW_OF_A_CLASS, Interval
from include.pipeline.figures.model_figures import FIGURES
from include.pipeline.report.shared_figures import frequent_class, positive_share, rarer_class

if TYPE_CHECKING:
    from include.pipeline.documents.metrics import Evaluation
    from include.pipeline.report.contents import ReportContents

_LOPSIDED = 0.75  # always to say the same is right in three of four rows


@dataclass(frozen=True)
class MetricRow:
    """A metric, its interval, and its value without a model."""

    name: str
    title: str
    meaning: str
    value: float | None
    """The figure; None where the run was evaluated before the project had it."""
    interval: Interval | None
    baseline: float


@dataclass(frozen=True)
class MetricsSection:
    """All metrics, with the threshold at which they were computed."""

    rows: list[MetricRow]
    test_rows: int
    threshold: float
    """The threshold in force."""
    frequent_class: str
    """`positive` or `negative`, whichever is more frequent."""
    baseline_accuracy: float
    """Accuracy of always predicting that class."""
    is_lopsided: bool
    """Whether that is so high that accuracy says little."""
    of_threshold: str
    """The metrics that depend on the threshold, by name."""
    few: str | None
    """The rarer class, `positive` or `negative`, where the test rows hold few of it."""
    fewest: int
    """From how many on they are no longer few."""
    rarer: int
    """Test rows of the rarer class."""


def gather(contents: "ReportContents") -> MetricsSection:
    """Gather the section."""
    evaluation = contents.binary
    at_threshold = [figure.title for figure in FIGURES.values() if figure.at_threshold]
    rarer = min(evaluation.positives, evaluation.rows - evaluation.positives)
    return MetricsSection(
        rows=metric_rows(evaluation),
        test_rows=evaluation.rows,
        threshold=evaluation.threshold,
        frequent_class=frequent_class(evaluation),
        baseline_accuracy=evaluation.baseline_accuracy,
        is_lopsided=evaluation.baseline_accuracy >= _LOPSIDED,
        of_threshold=f"{', '.join(at_threshold[:-1])} and {at_threshold[-1]}",
        few=rarer_class(evaluation) if rarer < FEW_OF_A_CLASS else None,
        fewest=FEW_OF_A_CLASS,
        rarer=rarer,
    )


def metric_rows(evaluation: "Evaluation") -> list[MetricRow]:
    """List the figures beside their values without a model."""
    share = positive_share(evaluation)
    return [
        MetricRow(
            name=name,
            title=figure.title,
            meaning=figure.meaning,
            value=getattr(evaluation, name),
            interval=evaluation.intervals.get(name),
            baseline=figure.baseline(share),
        )
        for name, figure in FIGURES.items()
    ]
