"""Figures of each threshold, and the best one. With few positives, the threshold matters most."""

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
    """Work out the figures at each threshold.

    Args:
        rows: Labels and scores.
        thresholds: A row whose score is at least the threshold is predicted positive.
        params: Have the cost of a call and the value of a deposit.
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
    """Choose the threshold at which a figure is highest; the lowest of them where there are several.

    Args:
        figure: Name of the figure.
        test: Figures on the test rows.
        validation: Figures at the same thresholds on the validation rows. They decide, unless empty.
    """
    decides = validation or test
    at = int(np.argmax([getattr(figures, figure) for figures in decides]))
    return BestThreshold(chosen_on="validation" if validation else "test", test=test[at])
