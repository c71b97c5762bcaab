"""Figures of each threshold, and the best one. With few positives, the threshold matters most."""

import math
from typing import TYPE_CHECKING, Literal

import numpy as np

from include.pipeline.documents.metrics import CALLS_NOBODY, BestThreshold, ThresholdFigures
from include.pipeline.figures.scored_rows import ScoredRows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from include.pipeline.documents.table.costs import OutcomeValues

GRID = tuple(hundredths / 100 for hundredths in range(1, 100))
"""The thresholds that are drawn and listed. The best is looked for among all scores."""
_MOST_DIGITS = 17  # of a float


def threshold_figures(
    rows: ScoredRows, thresholds: "Sequence[float]", costs: "OutcomeValues | None"
) -> tuple[ThresholdFigures, ...]:
    """Work out the figures at each threshold.

    Args:
        rows: Labels and scores.
        thresholds: A row whose score is at least the threshold is predicted positive.
        costs: What each outcome is worth; None where nobody has said.
    """
    return tuple(
        ThresholdFigures.of(threshold, rows.confusion_matrix_at(threshold), costs) for threshold in thresholds
    )


def best_threshold(
    figure: Literal["f1", "profit"],
    *,
    test: ScoredRows,
    validation: ScoredRows | None,
    costs: "OutcomeValues | None",
) -> BestThreshold:
    """Choose the threshold at which a figure is highest, among all scores that occur.

    Of several, it is the one by which the fewest rows are acted on. Where no threshold gives more than to act
    on none, that is best.

    Args:
        figure: Name of the figure.
        test: What tells what the threshold gives.
        validation: Rows that decide; without any, the test rows do.
        costs: What each outcome is worth: without, there is no profit.
    """
    decides = validation or test
    positives, negatives = decides.blocks
    found, called = np.cumsum(positives), np.cumsum(positives + negatives)
    of_none = 0.0
    if figure == "f1" or costs is None:
        values = 2 * found / (called + decides.positives)
    else:
        negatives_in_all = len(decides.labels) - decides.positives
        values = (
            found * costs.true_positive
            + (called - found) * costs.false_positive
            + (decides.positives - found) * costs.false_negative
            + (negatives_in_all - (called - found)) * costs.true_negative
        )
        of_none = costs.of_nobody(decides.positives, negatives_in_all)
    at = int(np.argmax(values))
    scores = [*decides.distinct_scores[at : at + 2].tolist(), 0.0]
    threshold = _shortest(scores[1], scores[0]) if values[at] > of_none else CALLS_NOBODY
    (figures,) = threshold_figures(test, (threshold,), costs)
    return BestThreshold(chosen_on="validation" if validation else "test", test=figures)


def break_even(rows: ScoredRows, costs: "OutcomeValues") -> ThresholdFigures | None:
    """Work out what the threshold gives from which on to act on a row pays, if the scores are calibrated.

    Returns:
        The figures; None where the values of the outcomes give no such threshold.
    """
    if (threshold := costs.break_even) is None:
        return None
    (figures,) = threshold_figures(rows, (threshold if threshold <= 1 else CALLS_NOBODY,), costs)
    return figures


def _shortest(above: float, up_to: float) -> float:
    """Return the number with the fewest digits that calls the same rows."""
    for digits in range(1, _MOST_DIGITS):
        number: float = math.floor(up_to * 10**digits) / 10**digits
        if above < number <= up_to:
            return number
    return up_to
