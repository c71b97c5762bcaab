"""Gain and lift: how many of the positives are among the rows with the highest scores.

Definitions: M. Berry, G. Linoff, Data Mining Techniques (2011), chapter 5.
"""

from typing import TYPE_CHECKING

import numpy as np

from include.pipeline.documents.metrics import Decile

if TYPE_CHECKING:
    from include.pipeline.figures.scored_rows import ScoredRows

_DECILES = 10


def deciles(rows: "ScoredRows") -> tuple[Decile, ...]:
    """Cut the rows, the highest scores first, into ten parts whose sizes differ by one row at most.

    Where a part ends within rows of equal score, it has as large a share of their positives as of the rows:
    what it would have on average if they were taken in any order. With fewer than ten rows, each is a part.
    """
    positives, negatives = rows.blocks
    block_ends, found = np.cumsum(positives + negatives), np.cumsum(positives)
    count, share = block_ends[-1], found[-1] / block_ends[-1]
    sizes = [len(part) for part in np.array_split(np.arange(count), min(_DECILES, count))]
    ends = np.cumsum(sizes)
    reached = np.interp(ends, [0, *block_ends], [0, *found])
    lowest = rows.distinct_scores[np.searchsorted(block_ends, ends)]
    return tuple(
        Decile(
            decile=number,
            rows=size,
            positives=hits,
            lowest_score=score,
            lift=hits / size / share,
            gain=so_far / found[-1],
        )
        for number, (size, hits, score, so_far) in enumerate(
            zip(sizes, np.diff(reached, prepend=0), lowest, reached, strict=True), start=1
        )
    )
