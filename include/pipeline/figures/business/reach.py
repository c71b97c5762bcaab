"""The share of the positives that are in the fifth of the rows with the highest scores."""

from typing import TYPE_CHECKING

import numpy as np

from include.pipeline.figures.share_interval import wilson

if TYPE_CHECKING:
    from include.pipeline.figures.interval import Interval
    from include.pipeline.figures.scored_rows import ScoredRows

_DECILES, _CALLED = 10, 2
# To either side of the cut, as a share of all rows: near enough for the share of positives there.
_NEAR = 0.1


def reach(rows: "ScoredRows") -> float:
    """Work out the share of all positives that are called; tied rows are shared out, as in the deciles."""
    positives, negatives = rows.blocks
    ends, found = np.cumsum(positives + negatives), np.cumsum(positives)
    return float(np.interp(_called(len(rows.labels)), [0, *ends], [0, *found]) / rows.positives)


def reach_interval(rows: "ScoredRows") -> "Interval | None":
    """Compute Wilson's interval of a share of as many rows as would spread it as its parts do."""
    value = min(reach(rows), 1.0)
    variance = reach_parts(rows).var() / (len(rows.labels) - 1)
    return wilson(value, value * (1 - value) / variance if variance and 0 < value < 1 else rows.positives)


def reach_parts(rows: "ScoredRows") -> np.ndarray:
    """Tell the part of each row in the reach: its influence.

    With the share a of the rows called, down to the score q, r of the positives reached, and the share p of
    positives in all rows, a row adds (c - r) y / p, where y is its label and c says whether it is called.
    It also moves q: one more row above it pushes out another, which is positive with the share s that rows
    near q have. So its part is ((c - r) y - s (c - a)) / p.

    Returns:
        Shape `(rows,)`, in the order of the rows.
    """
    positives, negatives = rows.blocks
    sizes = positives + negatives
    count, ends = len(rows.labels), np.cumsum(sizes)
    cut = _called(count)
    # Of the block that the cut goes through, each row is called in part.
    called = np.clip((cut - (ends - sizes)) / sizes, 0, 1)[rows.block_of_rows]
    near = max(1.0, _NEAR * count)
    around = np.clip([cut - near, cut + near], 0, count)
    found = np.interp(around, [0, *ends], [0, *np.cumsum(positives)])
    at_cut = np.diff(found) / np.diff(around)
    share = rows.positives / count
    parts: np.ndarray = ((called - reach(rows)) * rows.labels - at_cut * (called - cut / count)) / share
    return parts


def _called(rows: int) -> int:
    """Count the rows of the first two deciles; of fewer than ten rows, each is one."""
    sizes = [len(part) for part in np.array_split(np.arange(rows), min(_DECILES, rows))]
    return sum(sizes[:_CALLED])
