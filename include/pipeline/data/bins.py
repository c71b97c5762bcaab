"""The bins in which a column is counted, and what they may tell of one whose values are not to be seen."""

import numpy as np

from include.pipeline.data.distribution import Distribution
from include.pipeline.figures.few_rows import FEWEST_ROWS, is_few

_BINS = 10


def edges_of(column: Distribution) -> np.ndarray:
    """Make the bins of a column.

    A column of up to ten distinct values has a bin for each of them, and others for the values between them.
    The bins of any other column end at its deciles. A value that is several deciles at once has a bin of its
    own, so that a frequent value is counted apart from its neighbours.

    Returns:
        Edges between the bins, ascending.
    """
    if len(column.values) <= _BINS:
        edges = alone = column.values
    else:
        # For 10 %, 20 %, ... 90 %: the smallest value such that so many of the rows are at most as large.
        deciles = column.at((np.arange(1, _BINS) * column.present - 1) // _BINS)
        edges, times = np.unique(deciles, return_counts=True)
        alone = edges[times > 1]
    just_below = np.nextafter(alone[alone > np.finfo("float64").min], -np.inf)
    return np.unique(np.concatenate([edges, just_below]))


def rows_in(column: Distribution, edges: np.ndarray) -> tuple[int, ...]:
    """Count the values in each bin, one more than there are edges. An edge belongs to the bin below it."""
    # How many rows have a value that is an edge or lies below it.
    below = np.concatenate([[0], np.cumsum(column.rows)])
    ends = below[np.searchsorted(column.values, edges, side="right")]
    return tuple(np.diff(ends, prepend=0, append=column.present).tolist())


def hidden_edges(column: Distribution, edges: np.ndarray) -> np.ndarray:
    """Make coarser bins, that tell of no fewer than ten rows.

    An edge that ten rows or more have is kept. Any other is rounded to about a hundredth of the spread of the
    middle eight tenths. Then edges are left out, from the lowest bin up, until no bin has one to nine rows.

    Args:
        column: Its values.
        edges: Of its bins, ascending, as for a column that may be seen.

    Returns:
        Edges, ascending.
    """
    if not column.present:
        return edges
    frequent = column.values[column.rows >= FEWEST_ROWS]
    kept = np.isin(edges, np.concatenate([frequent, np.nextafter(frequent, -np.inf)]))
    low, high = column.at(np.floor((column.present - 1) * np.array([0.1, 0.9])).astype(np.int64))
    spread = high - low or np.ptp(column.values)
    step = 10.0 ** np.floor(np.log10(spread) - 1) if np.isfinite(spread) and spread > 0 else 0.0
    rounded = np.round(edges[~kept] / step) * step if step else edges[:0]
    edges = np.unique(np.concatenate([edges[kept], rounded[np.isfinite(rounded)]]))
    # A bin of few rows loses its upper edge, the last one its lower.
    left: list[float] = []
    counted = 0
    for edge, count in zip(edges, rows_in(column, edges), strict=False):
        counted += count
        if not is_few(counted):
            left.append(float(edge))
            counted = 0
    while left and is_few(rows_in(column, np.array(left))[-1]):
        left.pop()
    return np.array(left)


def range_of(column: Distribution, *, shown: bool) -> tuple[float | None, float | None, int]:
    """Say between which values a column lies.

    Where its values may not be seen, it is the tenth from below and the tenth from above, rounded outwards to
    about a hundredth of the spread between both.

    Args:
        column: Its values.
        shown: Whether they may be seen.

    Returns:
        The lowest and the highest, None where there are none or too few; and how many rows at the most lie
        beyond each.
    """
    if shown:
        low, high = (float(column.values[0]), float(column.values[-1])) if column.present else (None, None)
        return low, high, 0
    if column.present < 2 * FEWEST_ROWS:
        return None, None, 0
    low, high = column.at(np.array([FEWEST_ROWS - 1, -FEWEST_ROWS]))
    with np.errstate(over="ignore"):
        spread = high - low
    if np.isfinite(spread) and spread > 0:
        step = 10.0 ** np.floor(np.log10(spread) - 1)
        low, high = np.floor(low / step) * step, np.ceil(high / step) * step
    return float(low), float(high), FEWEST_ROWS - 1


def without_few_rows(counts: tuple[int, ...], missing: int) -> tuple[tuple[int, ...], int]:
    """Count fewer than ten missing values in the fullest bin: else what is left of all rows tells them.

    Where fewer than ten values are there, and more are missing, all are counted as missing.

    Returns:
        The rows in each bin, and those without a value.
    """
    if is_few(sum(counts)) and missing >= FEWEST_ROWS:
        return (0,) * len(counts), missing + sum(counts)
    if not is_few(missing):
        return counts, missing
    fullest = counts.index(max(counts))
    return tuple(rows + missing * (at == fullest) for at, rows in enumerate(counts)), 0


def told_positives(labels: np.ndarray, *, shown: bool) -> int:
    """Count the rows whose label is 1; where it may not be seen, fewer than ten of a class count as none."""
    positives, rows = int(labels.sum()), len(labels)
    if shown:
        return positives
    if positives < FEWEST_ROWS:
        return 0
    return rows if rows - positives < FEWEST_ROWS else positives


def told_rows(rows: int, *, shown: bool) -> int:
    """Count rows; where values may not be seen, fewer than ten as none."""
    return 0 if not shown and is_few(rows) else rows
