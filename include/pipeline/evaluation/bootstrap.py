"""Bootstrap intervals: how much the figures of an evaluation would vary with other test rows.

Efron and Tibshirani, An Introduction to the Bootstrap (1993), chapter 13: the percentile interval.
"""

import numpy as np

from include.pipeline.documents.metrics import Interval
from include.pipeline.figures.model_figures import FIGURES
from include.pipeline.figures.scored_rows import ScoredRows

RESAMPLES = 500
SEED = 1729


def intervals(rows: ScoredRows) -> dict[str, Interval]:
    """Compute the 95 % interval of each figure from samples of the rows, drawn with replacement.

    The same rows give the same intervals. A sample of one class alone is left out: it has no ROC curve.

    Args:
        rows: The test rows.

    Returns:
        The interval of each figure that has one, by its name.
    """
    figures = {name: figure for name, figure in FIGURES.items() if figure.has_interval}
    # The curve sorts the scores: it is much faster where they are sorted already.
    order = np.argsort(rows.scores, kind="stable")
    labels, scores = rows.labels[order], rows.scores[order]
    random = np.random.default_rng(SEED)
    drawn = []
    for _ in range(RESAMPLES):
        chosen = np.sort(random.integers(0, len(labels), len(labels)))
        draw = ScoredRows(labels[chosen], scores[chosen], rows.threshold)
        if 0 < draw.positives < len(labels):
            drawn.append([figure.of(draw) for figure in figures.values()])
    low, high = np.percentile(np.array(drawn), [2.5, 97.5], axis=0)
    return {name: Interval(low=low[at], high=high[at]) for at, name in enumerate(figures)}
