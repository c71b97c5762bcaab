"""The interval of the average precision."""

from typing import TYPE_CHECKING

import numpy as np

from include.pipeline.figures.interval import Interval
from include.pipeline.figures.share_interval import wilson
from include.pipeline.figures.spread_interval import PROBIT, spread_interval

if TYPE_CHECKING:
    from include.pipeline.figures.scored_rows import ScoredRows


def average_precision_interval(rows: "ScoredRows") -> Interval | None:
    """Compute the interval of the average precision by its influence function, on the probit scale.

    Where the average precision is 1, or one row alone is positive, it is taken for a share of the positives.
    """
    value, count = rows.average_precision, rows.positives
    found = None
    if 0 < value < 1 and count > 1:
        parts = np.concatenate(average_precision_parts(rows))
        found = spread_interval(value, parts, PROBIT, counts=np.concatenate(rows.blocks))
    return found or wilson(min(value, 1.0), count)


def average_precision_parts(rows: "ScoredRows") -> tuple[np.ndarray, np.ndarray]:
    """Tell the part that a positive, and a negative, of each distinct score has in the average precision.

    A row that is added at a score changes the precision there and at all lower scores. With positives p at a
    score, and k rows from the highest down to it, T of them positive, average precision is the sum S of
    p T / k by the number of positives. The row changes S by y T / k and, at its score and each lower one, by
    p (y - T / k) / k, where y is its label.

    Returns:
        Two arrays, in the order of `blocks`: shape `(scores,)` each.
    """
    positives, negatives = rows.blocks
    down = np.cumsum(positives + negatives)
    precisions = np.cumsum(positives) / down
    added = _from_here_down(positives / down)
    lost = _from_here_down(positives / down * precisions)
    of_positive = precisions + added - lost - rows.average_precision
    scale = down[-1] / rows.positives
    return of_positive * scale, -lost * scale


def _from_here_down(values: np.ndarray) -> np.ndarray:
    return np.cumsum(values[::-1])[::-1]
