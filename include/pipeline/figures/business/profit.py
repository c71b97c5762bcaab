"""What calling every predicted positive earns: row by row, and the interval of the sum."""

from typing import TYPE_CHECKING

import numpy as np

from include.pipeline.figures.interval import Interval
from include.pipeline.figures.spread_interval import PLAIN, spread_interval

if TYPE_CHECKING:
    from include.pipeline.figures.scored_rows import ScoredRows

_FEWEST_CALLED = 2  # one has no spread


def profits(rows: "ScoredRows", call_cost: float, deposit_value: float) -> np.ndarray:
    """Tell what each row earns at the threshold: shape `(rows,)`.

    Args:
        rows: Every predicted positive is called.
        call_cost: Of one call.
        deposit_value: Of one true positive.
    """
    return np.where(rows.called, rows.labels * deposit_value - call_cost, 0.0)


def profit_interval(rows: "ScoredRows", call_cost: float, deposit_value: float) -> Interval | None:
    """Compute the interval of the profit of as many rows; None where fewer than two are called."""
    if rows.confusion_matrix.predicted_positive < _FEWEST_CALLED:
        return None
    return interval_of_sum(profits(rows, call_cost, deposit_value))


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
