"""Gain and lift: how many of the positives are reached by calling only the rows with the highest scores.

Definitions: M. Berry, G. Linoff, Data Mining Techniques (2011), chapter 5.
"""

import numpy as np

from include.pipeline.documents.metrics import Decile

_DECILES = 10


def deciles(labels: np.ndarray, scores: np.ndarray) -> tuple[Decile, ...]:
    """Cut the rows, the highest scores first, into ten parts whose sizes differ by one row at most.

    Rows of equal score keep their order in the file. With fewer than ten rows, each row is a part.

    Args:
        labels: 0 or 1, at least one of them 1, shape `(rows,)`.
        scores: Probabilities of 1, shape `(rows,)`.
    """
    order = np.argsort(-scores, kind="stable")
    positives, reached, found = int(labels.sum()), 0, []
    for number, part in enumerate(np.array_split(order, min(_DECILES, len(order))), start=1):
        hits = int(labels[part].sum())
        reached += hits
        found.append(
            Decile(
                decile=number,
                rows=len(part),
                positives=hits,
                lowest_score=float(scores[part[-1]]),
                lift=(hits / len(part)) / (positives / len(labels)),
                gain=reached / positives,
            )
        )
    return tuple(found)
