"""Figures of each threshold, and the best one. With few positives, the threshold matters most."""

import math
from typing import TYPE_CHECKING, Literal

import numpy as np

from include.pipeline.documents.metrics import CALLS_NOBODY, BestThreshold, ThresholdFigures
from include.pipeline.figures.scored_rows import ScoredRows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from include.pipeline.documents.params import RunParams

GRID = tuple(hundredths / 100 for hundredths in range(1, 100))
"""The thresholds that are drawn and listed. The best is looked for among all scores."""
_MOST_DIGITS = 17  # of a float


def threshold_figures(
    rows: ScoredRows, thresholds: "Sequence[float]", params: "RunParams"
) -> tuple[ThresholdFigures, ...]:
    """Work out the figures at each threshold.

    Args:
        rows: Labels and scores.
        thresholds: A row whose score is at least the threshold is predicted positive.
        params: Have the cost of a call and the value of a deposit.
    """
    return tuple(
        ThresholdFigures.of(threshold, rows.confusion_matrix_at(threshold), params)
        for threshold in thresholds
    )


def best_threshold(
    figure: Literal["f1", "profit"],
    *,
    test: ScoredRows,
    validation: ScoredRows | None,
    params: "RunParams",
) -> BestThreshold:
    """Choose the threshold at which a figure is highest, among all scores that occur.

    Of several, it is the one by which the fewest are called. Where no threshold gives more than nothing,
    nobody is to be called.

    Args:
        figure: Name of the figure.
        test: What tells what the threshold gives.
        validation: Rows that decide; without any, the test rows do.
        params: Have the cost of a call and the value of a deposit.
    """
    decides = validation or test
    positives, negatives = decides.blocks
    found, called = np.cumsum(positives), np.cumsum(positives + negatives)
    if figure == "f1":
        values = 2 * found / (called + decides.positives)
    else:
        values = found * params.deposit_value - called * params.call_cost
    at = int(np.argmax(values))
    scores = [*decides.distinct_scores[at : at + 2].tolist(), 0.0]
    threshold = _shortest(scores[1], scores[0]) if values[at] > 0 else CALLS_NOBODY
    (figures,) = threshold_figures(test, (threshold,), params)
    return BestThreshold(chosen_on="validation" if validation else "test", test=figures)


def break_even(rows: ScoredRows, params: "RunParams") -> ThresholdFigures | None:
    """Work out what the threshold gives from which on a call is worth its cost, if the scores are calibrated.

    A call is worth the score times the value of a deposit, so the threshold is cost by value: C. Elkan, The
    foundations of cost-sensitive learning (2001).

    Returns:
        The figures; None where a deposit is worth nothing.
    """
    if not params.deposit_value:
        return None
    threshold = params.call_cost / params.deposit_value
    (figures,) = threshold_figures(rows, (threshold if threshold <= 1 else CALLS_NOBODY,), params)
    return figures


def _shortest(above: float, up_to: float) -> float:
    """Return the number with the fewest digits that calls the same rows."""
    for digits in range(1, _MOST_DIGITS):
        number: float = math.floor(up_to * 10**digits) / 10**digits
        if above < number <= up_to:
            return number
    return up_to
