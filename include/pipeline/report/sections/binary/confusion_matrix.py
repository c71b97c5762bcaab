"""The confusion matrix, with percentages both ways."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from include.pipeline.figures.confusion_matrix import ConfusionMatrix
    from include.pipeline.report.contents import ReportContents


@dataclass(frozen=True)
class ConfusionRow:
    """The predictions for the rows of one label: negative first, then positive."""

    observed: str
    """The label in words."""
    counts: tuple[int, int]
    """Rows predicted negative, and predicted positive."""
    of_predicted: tuple[float, float]
    """Share of each count in all rows with the same prediction."""
    of_observed: tuple[float, float]
    """Share of each count in all rows with the same label."""


@dataclass(frozen=True)
class ConfusionMatrixSection:
    """The matrix at the threshold in force."""

    rows: list[ConfusionRow]
    """The negatives first, then the positives."""
    threshold: float
    precision: float | None
    """None where no row is predicted positive."""
    recall: float


def gather(contents: "ReportContents") -> ConfusionMatrixSection:
    """Gather the section."""
    evaluation = contents.binary
    return ConfusionMatrixSection(
        rows=_rows(evaluation.confusion_matrix),
        threshold=evaluation.threshold,
        precision=evaluation.precision,
        recall=evaluation.recall,
    )


def _rows(matrix: "ConfusionMatrix") -> list[ConfusionRow]:
    """List the matrix in the tutorial's order."""
    predicted = (matrix.tn + matrix.fn, matrix.fp + matrix.tp)
    return [
        ConfusionRow(
            observed=observed,
            counts=counts,
            of_predicted=(_share(counts[0], predicted[0]), _share(counts[1], predicted[1])),
            of_observed=(_share(counts[0], sum(counts)), _share(counts[1], sum(counts))),
        )
        for observed, counts in (
            ("Negative", (matrix.tn, matrix.fp)),
            ("Positive", (matrix.fn, matrix.tp)),
        )
    ]


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0
