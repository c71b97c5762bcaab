"""How far the figures of an evaluation would spread over other test rows: bootstrap intervals.

Efron and Tibshirani, An Introduction to the Bootstrap (1993), chapter 13: the percentile interval.
"""

import numpy as np
from sklearn import metrics as scikit

from include.pipeline.documents.metrics import Interval, Intervals

RESAMPLES = 500
SEED = 1729

_FIGURES = tuple(Intervals.model_fields)


def intervals(labels: np.ndarray, scores: np.ndarray, threshold: float) -> Intervals:
    """Draw as many rows as there are, with replacement, again and again, and see what the figures do.

    The same rows give the same intervals. Draws without a yes or without a no are left out: no ROC curve
    can be drawn of them.

    Args:
        labels: 0 or 1, shape `(rows,)`, both present.
        scores: Probabilities of 1, shape `(rows,)`.
        threshold: A score of at least this counts as 1.
    """
    # A draw of sorted rows, itself sorted, spares the curve most of its time.
    order = np.argsort(scores, kind="stable")
    labels, scores = labels[order], scores[order]
    losses, errors = row_losses(labels, scores), (scores - labels) ** 2
    random = np.random.default_rng(SEED)
    drawn = []
    for _ in range(RESAMPLES):
        rows = np.sort(random.integers(0, len(labels), len(labels)))
        if 0 < labels[rows].sum() < len(rows):
            drawn.append(
                (
                    *_curve_figures(labels[rows], scores[rows], threshold),
                    losses[rows].mean(),
                    errors[rows].mean(),
                )
            )
    low, high = np.percentile(np.array(drawn), [2.5, 97.5], axis=0)
    return Intervals(**{name: Interval(low=low[at], high=high[at]) for at, name in enumerate(_FIGURES)})


def row_losses(labels: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """Compute each row's part in scikit-learn's `log_loss`, which keeps scores off 0 and 1 as this does."""
    given = np.where(labels == 1, scores, 1 - scores)
    losses: np.ndarray = -np.log(np.clip(given, np.finfo(scores.dtype).eps, 1))
    return losses


def _curve_figures(labels: np.ndarray, scores: np.ndarray, threshold: float) -> tuple[float, ...]:
    tns, fps, fns, tps, thresholds = scikit.confusion_matrix_at_thresholds(labels, scores)
    # Thresholds fall; before the first that is reached, nobody is said yes.
    at = np.searchsorted(-thresholds, -threshold, side="right") - 1
    tn, fp, fn, tp = (
        (tns[at], fps[at], fns[at], tps[at]) if at >= 0 else (tns[0] + fps[0], 0, fns[0] + tps[0], 0)
    )
    positives, negatives = labels.sum(), len(labels) - labels.sum()
    recalls = np.concatenate([[0], tps / positives])
    return (
        (tn + tp) / len(labels),
        tp / max(tp + fp, 1),
        tp / positives,
        2 * tp / (2 * tp + fp + fn),
        scikit.auc(np.concatenate([[0], fps / negatives]), recalls),
        np.sum(np.diff(recalls) * tps / (tps + fps)),
    )
