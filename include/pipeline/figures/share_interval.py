"""Intervals of shares: so many rows of so many."""

import math
from typing import TYPE_CHECKING

from include.pipeline.figures.interval import NORMAL_QUANTILE, Interval

if TYPE_CHECKING:
    from include.pipeline.figures.confusion_matrix import ConfusionMatrix


def wilson(share: float, rows: float) -> Interval | None:
    """Compute Wilson's score interval of a share.

    E. B. Wilson, Probable inference, the law of succession, and statistical inference (1927). It keeps its
    95 % near 0 and 1 and with few rows: L. Brown, T. Cai, A. DasGupta, Interval estimation for a binomial
    proportion (2001).

    Args:
        share: From 0 to 1.
        rows: Of how many rows.

    Returns:
        The interval; None of no rows, where no share is defined.
    """
    if not rows:
        return None
    squared = NORMAL_QUANTILE**2
    middle = share + squared / (2 * rows)
    half = NORMAL_QUANTILE * math.sqrt(share * (1 - share) / rows + squared / (4 * rows**2))
    low, high = ((middle + side * half) / (1 + squared / rows) for side in (-1, 1))
    # Of none of the rows, or of all, the end is there exactly.
    return Interval(low=low if share > 0 else 0, high=high if share < 1 else 1)


def f1_interval(matrix: "ConfusionMatrix") -> Interval | None:
    """Compute the interval of F1 from that of a share.

    F1 is 2 J / (1 + J), where J is the share of true positives among the rows that are positive, predicted
    positive, or both (Jaccard's index). It rises with J, so the ends of J's interval give its own.
    """
    counted = matrix.tp + matrix.fp + matrix.fn
    jaccard = wilson(matrix.tp / counted, counted) if counted else None
    if jaccard is None:
        return None
    low, high = (2 * end / (1 + end) for end in (jaccard.low, jaccard.high))
    return Interval(low=low, high=high)
