"""Figures that several sections show, worked out from an evaluation."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from include.pipeline.documents.metrics import ThresholdFigures

if TYPE_CHECKING:
    from include.pipeline.documents.metrics import Decile, Evaluation
    from include.pipeline.documents.table.costs import OutcomeValues

_CALLED_DECILES = 2


@dataclass(frozen=True)
class Reach:
    """The positives that are reached by acting on the rows with the highest scores."""

    rows: int
    """Number of rows acted on."""
    called: float
    """Share of all rows."""
    reached: float
    """Share of all positives that are among them."""
    lift: float
    """Share reached, divided by the share that as many rows at random would reach."""


def positive_share(evaluation: "Evaluation") -> float:
    """Return the share of positives in the test rows."""
    return evaluation.positives / evaluation.rows


def frequent_class(evaluation: "Evaluation") -> str:
    """Name the more frequent class: positive or negative."""
    return "positive" if positive_share(evaluation) > 0.5 else "negative"  # noqa: PLR2004 - of two classes


def rarer_class(evaluation: "Evaluation") -> str:
    """Name the other class."""
    return "negative" if frequent_class(evaluation) == "positive" else "positive"


def threshold_in_force(evaluation: "Evaluation", costs: "OutcomeValues | None") -> ThresholdFigures:
    """Work out what the threshold in force gives."""
    return ThresholdFigures.of(evaluation.threshold, evaluation.confusion_matrix, costs)


def reach(deciles: Sequence["Decile"]) -> Reach:
    """Work out what the first fifth of the rows reaches, or the part nearest to a fifth."""
    called = [decile for decile in deciles if decile.decile <= _CALLED_DECILES] or deciles[:1]
    taken = sum(decile.rows for decile in called)
    rows = sum(decile.rows for decile in deciles)
    share = taken / rows if rows else 0
    reached = called[-1].gain
    return Reach(rows=taken, called=share, reached=reached, lift=reached / share if share else 0)
