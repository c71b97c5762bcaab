"""How different two versions of the data are, and which of many differences are told.

A difference is told where both hold: chance does not explain it, and it is large enough to matter. With few
rows chance explains a lot; with many it explains nothing, however small.
"""

import math
from collections.abc import Sequence

import numpy as np

FALSE_ALARMS = 0.05
"""In how many of unchanged versions any difference at all is told."""
LEAST_EFFECT = 0.1
"""The smallest change of a share that is told, as Cohen's h: from 0 to 0.25 %, 5 to 7.4 %, 50 to 55 %."""
_LEAST_SHARE = 0.0001


def population_stability_index(counts: Sequence[int], previous: Sequence[int]) -> float:
    """Measure how far two distributions over the same bins are from each other.

    It is the sum over the bins of (a - e) ln(a / e), where e is the bin's share of the previous version and
    a that of the new one (N. Siddiqi, Credit Risk Scorecards, 2006): Jeffreys' divergence. A share below
    0.0001 counts as 0.0001, since an empty bin has no logarithm. Evidently puts the same figure in the place
    of 0 (`get_binned_data` in evidently/calculations/stattests/utils.py).

    Args:
        counts: Rows of the new version in each bin, missing values included.
        previous: Rows of the previous version in the same bins.

    Returns:
        0 for equal shares; the larger, the farther the distributions are apart.
    """
    actual, expected = (
        np.maximum(np.asarray(rows) / np.sum(rows), _LEAST_SHARE) for rows in (counts, previous)
    )
    return float(((actual - expected) * np.log(actual / expected)).sum())


def effect(share: float, previous: float) -> float:
    """Measure how far a share has moved: Cohen's h (J. Cohen, Statistical Power Analysis, 1988, chapter 6).

    Returns:
        0 for equal shares, at most pi. From 0.2 on Cohen calls it small, from 0.5 on medium.
    """
    return abs(2 * (math.asin(math.sqrt(share)) - math.asin(math.sqrt(previous))))


def beyond_chance(chances: Sequence[float]) -> list[bool]:
    """Tell which of many differences chance does not explain.

    Of unchanged versions, at most one in twenty has any. Looked at often enough, something is always
    unlikely. The correction is S. Holm's: A simple sequentially rejective multiple test procedure,
    Scandinavian Journal of Statistics 6 (1979).

    Args:
        chances: How likely each difference comes by chance, as `figures/chance.py` works it out.
    """
    told = [False] * len(chances)
    for place, at in enumerate(sorted(range(len(chances)), key=lambda at: chances[at])):
        if chances[at] > FALSE_ALARMS / (len(chances) - place):
            break
        told[at] = True
    return told
