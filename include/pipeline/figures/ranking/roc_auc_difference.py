"""By how much the ROC AUC of one model is above that of another on the same rows."""

from dataclasses import dataclass

import numpy as np
from scipy import special, stats  # type: ignore[import-untyped]

from include.pipeline.figures.interval import CONFIDENCE, Interval

_TO_SPREAD = 2  # fewer rows of a class have no variance


@dataclass(frozen=True)
class RocAucDifference:
    """The ROC AUC of two models on the same rows, and how far chance may have moved their difference."""

    first: float
    second: float
    interval: Interval | None
    """Of first minus second; None where a class has fewer than two rows."""


def roc_auc_difference(
    labels: np.ndarray, first: np.ndarray, second: np.ndarray, *, confidence: float = CONFIDENCE
) -> RocAucDifference:
    """Compare two models by DeLong's paired test.

    E. DeLong, D. DeLong, D. Clarke-Pearson, Comparing the areas under two or more correlated ROC curves
    (1988), by ranks: X. Sun, W. Xu (2014); Student's t with Satterthwaite's degrees of freedom. What both
    models find hard or easy drops out of the difference, so it is far more certain than either figure.

    Args:
        labels: 0 or 1, both present, shape `(rows,)`.
        first: Scores of one model, shape `(rows,)`.
        second: Those of the other.
        confidence: Of the interval.
    """
    of_positives, of_negatives = zip(
        *(_placements(labels, scores) for scores in (first, second)), strict=True
    )
    areas = [float(placements.mean()) for placements in of_positives]
    counts = [len(of_positives[0]), len(of_negatives[0])]
    interval = None
    if min(counts) >= _TO_SPREAD:
        parts = [(one - other).var(ddof=1) for one, other in (of_positives, of_negatives)]
        variances = [part / count for part, count in zip(parts, counts, strict=True)]
        interval = _around(areas[0] - areas[1], variances, counts, confidence)
    return RocAucDifference(first=areas[0], second=areas[1], interval=interval)


def _placements(labels: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Tell the share of the negatives below each positive, and of the positives above each negative."""
    ranks, is_positive = stats.rankdata(scores), labels == 1
    positives, negatives = (stats.rankdata(scores[chosen]) for chosen in (is_positive, ~is_positive))
    return (
        (ranks[is_positive] - positives) / len(negatives),
        1 - (ranks[~is_positive] - negatives) / len(positives),
    )


def _around(difference: float, variances: list[float], counts: list[int], confidence: float) -> Interval:
    total = sum(variances)
    half = 0.0  # of models that put all rows in the same order
    if total > 0:
        freedom = total**2 / sum(one**2 / (count - 1) for one, count in zip(variances, counts, strict=True))
        half = float(special.stdtrit(freedom, (1 + confidence) / 2) * np.sqrt(total))
    return Interval(low=difference - half, high=difference + half)
