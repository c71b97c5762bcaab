"""The interval of the ROC AUC."""

import math
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import brentq  # type: ignore[import-untyped]

from include.pipeline.figures.interval import NORMAL_QUANTILE, Interval
from include.pipeline.figures.spread_interval import LOGIT, around

if TYPE_CHECKING:
    from include.pipeline.figures.scored_rows import ScoredRows

_TO_SPREAD = 2  # fewer rows of a class have no variance
_BELOW_ONE = 1 - 1e-12


def roc_auc_interval(rows: "ScoredRows") -> Interval:
    """Compute DeLong's interval of the ROC AUC, symmetrical in its logit.

    E. DeLong, D. DeLong, D. Clarke-Pearson, Comparing the areas under two or more correlated ROC curves
    (1988), in one sort: X. Sun, W. Xu, Fast implementation of DeLong's algorithm (2014). With few rows of a
    class its variance is uncertain: Student's t, with Satterthwaite's degrees of freedom. Where all positives
    are above all negatives, or a class has one row, DeLong's variance is 0 or undefined: Newcombe's interval
    stands in.
    """
    parts = [_parts(own, other) for own, other in (rows.blocks, rows.blocks[::-1])]
    area = 1 - parts[0][0]
    counts = [int(block.sum()) for block in rows.blocks]
    if min(counts) < _TO_SPREAD or not 0 < area < 1:
        return _newcombe(area, *counts)
    variances = [spread / count for (_, spread), count in zip(parts, counts, strict=True)]
    total = sum(variances)
    if not total > np.finfo(float).eps ** 2:
        return _newcombe(area, *counts)
    freedom = total**2 / sum(one**2 / (count - 1) for one, count in zip(variances, counts, strict=True))
    return around(area, total, freedom, LOGIT)


def _parts(own: np.ndarray, other: np.ndarray) -> tuple[float, float]:
    """Tell mean and variance, over one class, of the share of the other that scores higher; ties are halves.

    Args:
        own: Rows of the class by score, the highest score first.
        other: The same of the other class.
    """
    higher = (np.cumsum(other) - other / 2) / other.sum()
    mean = np.average(higher, weights=own)
    rows = own.sum()
    spread = np.sum(own * (higher - mean) ** 2) / (rows - 1) if rows >= _TO_SPREAD else math.nan
    return float(mean), float(spread)


def _newcombe(area: float, positives: int, negatives: int) -> Interval:
    """Compute an interval that is right also at 0 and 1, where all pairs agree.

    R. Newcombe, Confidence intervals for an effect size measure based on the Mann-Whitney statistic, part 2
    (2006), method 5.
    """
    more = (positives + negatives) / 2 - 1

    def error(true: float) -> float:
        spread = 1 + more * (1 - true) / (2 - true) + more * true / (1 + true)
        return NORMAL_QUANTILE * math.sqrt(true * (1 - true) * spread / (positives * negatives))

    def lowest(found: float) -> float:
        return float(brentq(lambda true: found - true - error(true), 0, _BELOW_ONE)) if found > 0 else 0.0

    return Interval(low=lowest(area), high=1 - lowest(1 - area))
