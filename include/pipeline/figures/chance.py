"""How likely chance alone makes two samples as different as they are."""

from collections.abc import Sequence

import numpy as np
from scipy.stats import chi2_contingency, fisher_exact  # type: ignore[import-untyped]

# W. Cochran, Some methods for strengthening the common chi-square tests, Biometrics 10 (1954).
_FEWEST_EXPECTED = 5


def chance_of_bins(counts: Sequence[int], previous: Sequence[int]) -> float:
    """Work out how likely two samples of one population are at least as far apart over the same bins.

    It is the chi-square test of homogeneity, of two bins Fisher's exact test. Bins in which fewer than five
    rows of the smaller sample are expected are taken together; where that is not enough, with the smallest of
    the others.

    Args:
        counts: Rows of one sample in each bin, missing values included.
        previous: Rows of the other in the same bins.
    """
    pair = np.array([counts, previous], dtype="int64")
    rows = pair.sum(axis=1)
    if not rows.all():
        return 1.0
    expected = pair.sum(axis=0) * rows.min() / rows.sum()
    ascending = np.argsort(expected, kind="stable")
    rare = int((expected < _FEWEST_EXPECTED).sum())
    if 0 < expected[ascending[:rare]].sum() < _FEWEST_EXPECTED:
        rare += 1
    joined = np.column_stack([pair[:, ascending[rare:]], pair[:, ascending[:rare]].sum(axis=1)])
    joined = joined[:, joined.any(axis=0)]
    match joined.shape[1]:
        case 1:
            return 1.0
        case 2:
            return chance_of_shares(int(joined[0, 0]), int(rows[0]), int(joined[1, 0]), int(rows[1]))
        case _:
            return float(chi2_contingency(joined, correction=False).pvalue)


def chance_of_shares(
    part: int, rows: int, previous_part: int, previous_rows: int, *, more: bool = False
) -> float:
    """Work out how likely two samples of one population have shares at least as far apart.

    It is Fisher's exact test.

    Args:
        part: Rows of one sample that are counted.
        rows: All its rows.
        previous_part: Rows of the other sample that are counted.
        previous_rows: All its rows.
        more: Whether only a share that is higher than the other is meant.
    """
    if part == previous_part == 0:
        return 1.0
    table = [[part, rows - part], [previous_part, previous_rows - previous_part]]
    return float(fisher_exact(table, alternative="greater" if more else "two-sided").pvalue)
