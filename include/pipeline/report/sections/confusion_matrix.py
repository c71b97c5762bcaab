"""The confusion matrix, with percentages both ways."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from include.pipeline.figures.confusion_matrix import ConfusionMatrix
    from include.pipeline.report.contents import ReportContents


@dataclass(frozen=True)
class ConfusionRow:
    """What the model said of the rows that were observed the same: no first, then yes."""

    observed: str
    """What that is."""
    counts: tuple[int, int]
    """Rows."""
    of_predicted: tuple[float, float]
    """Their shares of all rows of which the model said the same."""
    of_observed: tuple[float, float]
    """Their shares of these rows."""


@dataclass(frozen=True)
class ConfusionMatrixSection:
    """The matrix at the threshold in force."""

    rows: list[ConfusionRow]
    """Observed no first, then yes."""
    threshold: float
    precision: float
    recall: float


def gather(contents: "ReportContents") -> ConfusionMatrixSection:
    """Gather the section."""
    evaluation = contents.evaluation
    return ConfusionMatrixSection(
        rows=_rows(evaluation.confusion_matrix),
        threshold=evaluation.threshold,
        precision=evaluation.precision,
        recall=evaluation.recall,
    )


def _rows(matrix: "ConfusionMatrix") -> list[ConfusionRow]:
    """List the matrix as the tutorial does."""
    said = (matrix.tn + matrix.fn, matrix.fp + matrix.tp)
    return [
        ConfusionRow(
            observed=observed,
            counts=counts,
            of_predicted=(_share(counts[0], said[0]), _share(counts[1], said[1])),
            of_observed=(_share(counts[0], sum(counts)), _share(counts[1], sum(counts))),
        )
        for observed, counts in (
            ("No purchase", (matrix.tn, matrix.fp)),
            ("Purchase", (matrix.fn, matrix.tp)),
        )
    ]


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0
