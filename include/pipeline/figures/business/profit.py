"""What the rows bring at the threshold: row by row, and the interval of the sum."""

from typing import TYPE_CHECKING, Protocol

import numpy as np

from include.pipeline.figures.interval import Interval
from include.pipeline.figures.spread_interval import PLAIN, spread_interval

if TYPE_CHECKING:
    from include.pipeline.figures.scored_rows import ScoredRows

_FEWEST_ACTED_ON = 2  # one has no spread


class ValueOfOutcomes(Protocol):
    """What a row brings, by what it is and what was predicted."""

    @property
    def true_positive(self) -> float:
        """Of a positive that is predicted positive."""

    @property
    def false_positive(self) -> float:
        """Of a negative that is predicted positive."""

    @property
    def true_negative(self) -> float:
        """Of a negative that is predicted negative."""

    @property
    def false_negative(self) -> float:
        """Of a positive that is predicted negative."""


def profits(rows: "ScoredRows", values: ValueOfOutcomes) -> np.ndarray:
    """Tell what each row brings at the threshold: shape `(rows,)`."""
    positive = rows.labels == 1
    acted_on = np.where(positive, values.true_positive, values.false_positive)
    left = np.where(positive, values.false_negative, values.true_negative)
    return np.where(rows.called, acted_on, left)


def profit_interval(rows: "ScoredRows", values: ValueOfOutcomes) -> Interval | None:
    """Compute the interval of the profit of as many rows; None where fewer than two are acted on."""
    if rows.confusion_matrix.predicted_positive < _FEWEST_ACTED_ON:
        return None
    return interval_of_sum(profits(rows, values))


def interval_of_sum(amounts: np.ndarray) -> Interval | None:
    """Compute the interval of the sum of one amount a row; None where no row tells anything."""
    # In the largest of them, so that no square of an amount is too large for a float.
    largest = float(np.abs(amounts).max())
    if not largest:
        return None
    shares = amounts / largest
    found = spread_interval(float(shares.mean()), shares, PLAIN)
    rows = len(amounts)
    return found and Interval(low=found.low * largest * rows, high=found.high * largest * rows)
