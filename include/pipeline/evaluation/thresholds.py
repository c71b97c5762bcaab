"""What each threshold gives, and which is best: the real lever of a model whose positives are rare."""

from typing import TYPE_CHECKING, Literal

import numpy as np

from include.pipeline.documents.metrics import BestThreshold, ThresholdFigures
from include.pipeline.figures.scored_rows import ScoredRows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from include.pipeline.documents.params import RunParams

GRID = tuple(hundredths / 100 for hundredths in range(1, 100))


def threshold_figures(
    rows: ScoredRows, thresholds: "Sequence[float]", params: "RunParams"
) -> tuple[ThresholdFigures, ...]:
    """Work out what each threshold gives.

    Args:
        rows: Labels and scores.
        thresholds: A score of at least this is predicted positive.
        params: Tell what a call costs and what a deposit is worth.
    """
    return tuple(
        ThresholdFigures.of(threshold, rows.confusion_matrix_at(threshold), params)
        for threshold in thresholds
    )


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
