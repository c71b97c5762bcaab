"""The rows of the report's tables."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from include.pipeline.documents.metrics import Interval, ThresholdFigures
from include.pipeline.figures.model_figures import FIGURES

if TYPE_CHECKING:
    from include.pipeline.documents.metrics import Decile, Evaluation
    from include.pipeline.documents.params import RunParams
    from include.pipeline.figures.confusion_matrix import ConfusionMatrix

_STEP_PERCENT = 5  # of the 99 thresholds, those at 0.05, 0.10 and so on are listed
_CALLED_DECILES = 2


@dataclass(frozen=True)
class MetricRow:
    """A metric, how sure it is, and what one gets without a model."""

    name: str
    title: str
    meaning: str
    value: float | None
    interval: Interval | None
    baseline: float


@dataclass(frozen=True)
class ConfusionRow:
    """What the model said of the rows that were observed the same: no first, then yes.

    Attributes:
        observed: What that is.
        counts: Rows.
        of_predicted: Their shares of all rows of which the model said the same.
        of_observed: Their shares of these rows.
    """

    observed: str
    counts: tuple[int, int]
    of_predicted: tuple[float, float]
    of_observed: tuple[float, float]


@dataclass(frozen=True)
class ThresholdRow:
    """What a threshold gives, and why it is worth a look."""

    figures: ThresholdFigures
    marks: tuple[str, ...]


@dataclass(frozen=True)
class Reach:
    """Whom one reaches by calling the customers with the highest scores.

    Attributes:
        customers: That are called.
        called: Their share of all.
        reached: Share of all yeses among them.
        lift: How many times more that is than at random.
    """

    customers: int
    called: float
    reached: float
    lift: float


def metric_rows(evaluation: "Evaluation") -> list[MetricRow]:
    """List the figures beside the same without a model."""
    share = evaluation.positives / evaluation.rows
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


def confusion_rows(matrix: "ConfusionMatrix") -> list[ConfusionRow]:
    """List the confusion matrix as the tutorial does, with percentages both ways."""
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


def threshold_in_force(evaluation: "Evaluation", params: "RunParams") -> ThresholdFigures:
    """Work out what the threshold that the metrics hold for gives."""
    return ThresholdFigures.of(evaluation.threshold, evaluation.confusion_matrix, params)


def threshold_rows(evaluation: "Evaluation", params: "RunParams") -> list[ThresholdRow]:
    """Choose the thresholds to list: every twentieth part, and those that are in force or best."""
    marked = (
        ("in force", threshold_in_force(evaluation, params)),
        ("best F1", evaluation.best_f1.test),
        ("best profit", evaluation.best_profit.test),
    )
    listed = [row for row in evaluation.thresholds if round(row.threshold * 100) % _STEP_PERCENT == 0]
    figures = {round(row.threshold, 9): row for row in [*listed, *(row for _, row in marked)]}
    return [
        ThresholdRow(
            figures=row,
            marks=tuple(mark for mark, chosen in marked if round(chosen.threshold, 9) == threshold),
        )
        for threshold, row in sorted(figures.items())
    ]


def reach(deciles: Sequence["Decile"]) -> Reach:
    """Answer the business question for the first fifth of the customers, or what comes nearest to it."""
    called = [decile for decile in deciles if decile.decile <= _CALLED_DECILES] or deciles[:1]
    customers = sum(decile.rows for decile in called)
    share = _share(customers, sum(decile.rows for decile in deciles))
    reached = called[-1].gain
    return Reach(customers=customers, called=share, reached=reached, lift=reached / share if share else 0)


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0
