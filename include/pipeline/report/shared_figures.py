"""Figures that several sections show, worked out from an evaluation."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from include.pipeline.documents.metrics import ThresholdFigures

if TYPE_CHECKING:
    from include.pipeline.documents.metrics import Decile, Evaluation
    from include.pipeline.documents.params import RunParams

_CALLED_DECILES = 2


@dataclass(frozen=True)
class Reach:
    """The positives that are reached by calling the customers with the highest scores."""

    customers: int
    """Number of customers called."""
    called: float
    """Share of all customers."""
    reached: float
    """Share of all positives that are among them."""
    lift: float
    """Share reached, divided by the share that as many calls at random would reach."""


def positive_share(evaluation: "Evaluation") -> float:
    """Return the share of positives in the test rows."""
    return evaluation.positives / evaluation.rows


def frequent_class(evaluation: "Evaluation") -> str:
    """Name the more frequent class: positive or negative."""
    return "positive" if positive_share(evaluation) > 0.5 else "negative"  # noqa: PLR2004 - of two classes


def rarer_class(evaluation: "Evaluation") -> str:
    """Name the other class."""
    return "negative" if frequent_class(evaluation) == "positive" else "positive"


def threshold_in_force(evaluation: "Evaluation", params: "RunParams") -> ThresholdFigures:
    """Work out what the threshold in force gives."""
    return ThresholdFigures.of(evaluation.threshold, evaluation.confusion_matrix, params)


def reach(deciles: Sequence["Decile"]) -> Reach:
    """Work out what calling the first fifth of the customers reaches, or the part nearest to a fifth."""
    called = [decile for decile in deciles if decile.decile <= _CALLED_DECILES] or deciles[:1]
    customers = sum(decile.rows for decile in called)
    rows = sum(decile.rows for decile in deciles)
    share = customers / rows if rows else 0
    reached = called[-1].gain
    return Reach(customers=customers, called=share, reached=reached, lift=reached / share if share else 0)
