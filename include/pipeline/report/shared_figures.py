"""Figures that several sections tell, worked out of an evaluation."""

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
    """Whom one reaches by calling the customers with the highest scores."""

    customers: int
    """That are called."""
    called: float
    """Their share of all."""
    reached: float
    """Share of all yeses among them."""
    lift: float
    """How many times more that is than at random."""


def positive_share(evaluation: "Evaluation") -> float:
    """Return the share of yeses in the test rows."""
    return evaluation.positives / evaluation.rows


def frequent_answer(evaluation: "Evaluation") -> str:
    """Name the more frequent answer: yes or no."""
    return "yes" if positive_share(evaluation) > 0.5 else "no"  # noqa: PLR2004 - of two answers


def threshold_in_force(evaluation: "Evaluation", params: "RunParams") -> ThresholdFigures:
    """Work out what the threshold that the metrics hold for gives."""
    return ThresholdFigures.of(evaluation.threshold, evaluation.confusion_matrix, params)


def reach(deciles: Sequence["Decile"]) -> Reach:
    """Answer the business question for the first fifth of the customers, or what comes nearest to it."""
    called = [decile for decile in deciles if decile.decile <= _CALLED_DECILES] or deciles[:1]
    customers = sum(decile.rows for decile in called)
    rows = sum(decile.rows for decile in deciles)
    share = customers / rows if rows else 0
    reached = called[-1].gain
    return Reach(customers=customers, called=share, reached=reached, lift=reached / share if share else 0)
