"""The metrics, beside their values without a model."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from include.pipeline.figures.interval import Interval

if TYPE_CHECKING:
    from collections.abc import Mapping

    from include.pipeline.report.contents import ReportContents
    from include.pipeline.values.params import LabelKind

_BASELINE: "Mapping[LabelKind, str]" = {
    "multiclass": "the share of each class as its score in every row, so that the most frequent is predicted",
    "regression": "the mean of the test rows\u2019 labels as the prediction of every row",
}


@dataclass(frozen=True)
class MetricRow:
    """A metric, its interval, and its value without a model."""

    title: str
    meaning: str
    value: float | None
    interval: Interval | None
    baseline: float


@dataclass(frozen=True)
class MetricsSection:
    """All metrics."""

    rows: list[MetricRow]
    test_rows: int
    baseline: str
    """What the baseline answers, in words."""


def gather(contents: "ReportContents") -> MetricsSection:
    """Gather the section."""
    evaluation = contents.evaluation
    return MetricsSection(
        rows=[
            MetricRow(
                title=figure.title,
                meaning=figure.meaning,
                value=getattr(evaluation, name),
                interval=evaluation.intervals.get(name),
                baseline=evaluation.without_model(name),
            )
            for name, figure in evaluation.FIGURES.items()
        ],
        test_rows=evaluation.rows,
        baseline=_BASELINE[evaluation.kind],
    )
