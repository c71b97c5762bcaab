"""What each threshold gives, and which is best: the real lever of a model whose yeses are rare."""

from typing import TYPE_CHECKING, Literal

import numpy as np
from sklearn import metrics as scikit

from include.pipeline.documents.metrics import BestThreshold, ConfusionMatrix, ThresholdFigures

if TYPE_CHECKING:
    from collections.abc import Sequence

    from include.pipeline.documents.params import RunParams

GRID = tuple(hundredths / 100 for hundredths in range(1, 100))


def confusion_matrix(labels: np.ndarray, scores: np.ndarray, threshold: float) -> ConfusionMatrix:
    """Count the rows by label and by whether their score is at least the threshold."""
    counts = scikit.confusion_matrix(labels, scores >= threshold, labels=[0, 1]).ravel()
    return ConfusionMatrix(
        **dict(zip(("tn", "fp", "fn", "tp"), (int(count) for count in counts), strict=True))
    )


def threshold_figures(
    labels: np.ndarray, scores: np.ndarray, thresholds: "Sequence[float]", params: "RunParams"
) -> tuple[ThresholdFigures, ...]:
    """Work out what each threshold gives.

    Args:
        labels: 0 or 1, shape `(rows,)`, a 1 among them.
        scores: Probabilities of 1, shape `(rows,)`.
        thresholds: A score of at least this counts as 1.
        params: Tell what a call costs and what a deposit is worth.
    """
    found = []
    for threshold in thresholds:
        matrix = confusion_matrix(labels, scores, threshold)
        called = matrix.fp + matrix.tp
        found.append(
            ThresholdFigures(
                threshold=threshold,
                confusion_matrix=matrix,
                # A model that never says yes has no precision: 0, as scikit-learn counts it.
                precision=matrix.tp / called if called else 0.0,
                recall=matrix.tp / (matrix.fn + matrix.tp),
                f1=2 * matrix.tp / (2 * matrix.tp + matrix.fp + matrix.fn),
                profit=matrix.tp * params.deposit_value - called * params.call_cost,
            )
        )
    return tuple(found)


def best_threshold(
    figure: Literal["f1", "profit"],
    *,
    test: "Sequence[ThresholdFigures]",
    validation: "Sequence[ThresholdFigures]",
) -> BestThreshold:
    """Choose the threshold at which a figure is highest; of several, the lowest.

    Args:
        figure: Which.
        test: Figures on the test rows.
        validation: Figures at the same thresholds on the validation rows, which then decide; may be empty.
    """
    decides = validation or test
    at = int(np.argmax([getattr(figures, figure) for figures in decides]))
    return BestThreshold(chosen_on="validation" if validation else "test", test=test[at])
