"""The one table of figures: a field here is computed, stored, gets its interval, is shown and compared."""

import math
from dataclasses import replace
from typing import Annotated

from include.pipeline.document import Document
from include.pipeline.figures.figure import Figure
from include.pipeline.figures.share_interval import f1_interval, wilson


def _positive_is_more_frequent(share: float) -> bool:
    return share > 0.5  # noqa: PLR2004 - half of the rows


class ModelFigures(Document):
    """The figures that judge a model, in the order in which they are shown.

    A figure that is added has the type `float | None` and the default None: files that were written before
    do not have it.
    """

    accuracy: Annotated[
        float,
        Figure(
            "Accuracy",
            lambda rows: rows.confusion_matrix.accuracy,
            interval=lambda rows: wilson(rows.confusion_matrix.accuracy, rows.confusion_matrix.rows),
            baseline=lambda share: max(share, 1 - share),
        ),
    ]
    """Share of right answers."""
    precision: Annotated[
        float | None,
        Figure(
            "Precision",
            lambda rows: rows.confusion_matrix.precision,
            interval=lambda rows: wilson(
                rows.confusion_matrix.precision or 0, rows.confusion_matrix.predicted_positive
            ),
            baseline=lambda share: share if _positive_is_more_frequent(share) else 0,
        ),
    ]
    """Share of positives among the predicted positives; not defined, null, where there are none."""
    recall: Annotated[
        float,
        Figure(
            "Recall",
            lambda rows: rows.confusion_matrix.recall,
            interval=lambda rows: wilson(rows.confusion_matrix.recall, rows.positives),
            baseline=lambda share: 1 if _positive_is_more_frequent(share) else 0,
        ),
    ]
    """Share of the positives that were predicted positive."""
    f1: Annotated[
        float,
        Figure(
            "F1",
            lambda rows: rows.confusion_matrix.f1,
            interval=lambda rows: f1_interval(rows.confusion_matrix),
            baseline=lambda share: 2 * share / (1 + share) if _positive_is_more_frequent(share) else 0,
            in_trend=True,
        ),
    ]
    """Harmonic mean of precision and recall."""
    roc_auc: Annotated[
        float,
        Figure(
            "ROC AUC",
            lambda rows: rows.roc_auc,
            interval=lambda rows: rows.roc_auc_interval,
            baseline=lambda _: 0.5,
            in_trend=True,
        ),
    ]
    """Chance that a positive scores above a negative."""
    average_precision: Annotated[
        float,
        Figure(
            "Average precision",
            lambda rows: rows.average_precision,
            interval=lambda rows: rows.average_precision_interval,
            baseline=lambda share: share,
            in_trend=True,
        ),
    ]
    """Precision, averaged over the positives in the order of their scores."""
    log_loss: Annotated[
        float,
        Figure(
            "Log loss",
            lambda rows: rows.log_loss,
            interval=lambda rows: rows.interval_of_mean(rows.log_losses),
            baseline=lambda share: -share * math.log(share) - (1 - share) * math.log(1 - share),
            higher_is_better=False,
        ),
    ]
    """Mean of minus the natural logarithm of the score that was given to what was observed."""
    brier_score: Annotated[
        float,
        Figure(
            "Brier score",
            lambda rows: rows.brier_score,
            interval=lambda rows: rows.interval_of_mean(rows.squared_errors),
            baseline=lambda share: share * (1 - share),
            higher_is_better=False,
        ),
    ]
    """Mean squared difference of score and label."""


FIGURES: dict[str, Figure] = {
    name: replace(figure, meaning=field.description or "")
    for name, field in ModelFigures.model_fields.items()
    for figure in field.metadata
    if isinstance(figure, Figure)
}
