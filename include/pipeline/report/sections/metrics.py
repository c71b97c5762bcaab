"""The metrics, beside what one gets without a model."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from include.pipeline.documents.metrics import Interval
from include.pipeline.figures.model_figures import FIGURES
from include.pipeline.report.shared_figures import frequent_answer, positive_share

if TYPE_CHECKING:
    from include.pipeline.documents.metrics import Evaluation
    from include.pipeline.report.contents import ReportContents


@dataclass(frozen=True)
class MetricRow:
    """A metric, how sure it is, and what one gets without a model."""

    name: str
    title: str
    meaning: str
    value: float | None
    """None of a run that was evaluated before there was the figure."""
    interval: Interval | None
    baseline: float


@dataclass(frozen=True)
class MetricsSection:
    """All metrics, and what they hold for."""

    rows: list[MetricRow]
    test_rows: int
    threshold: float
    """In force."""
    frequent_answer: str
    """Yes or no, whichever is more frequent."""
    baseline_accuracy: float
    """Accuracy of always giving that answer."""


def gather(contents: "ReportContents") -> MetricsSection:
    """Gather the section."""
    evaluation = contents.evaluation
    return MetricsSection(
        rows=metric_rows(evaluation),
        test_rows=evaluation.rows,
        threshold=evaluation.threshold,
        frequent_answer=frequent_answer(evaluation),
        baseline_accuracy=evaluation.baseline_accuracy,
    )


def metric_rows(evaluation: "Evaluation") -> list[MetricRow]:
    """List the figures beside the same without a model."""
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
