"""The table of figures of a label of 0 and 1: a field is computed, stored, shown and compared."""

import math
from typing import Annotated

from include.pipeline.document import Document
from include.pipeline.figures.figure import Figure, figures_in
from include.pipeline.figures.interval import Interval
from include.pipeline.figures.share_interval import f1_interval, wilson

LARGEST_LOSS = 1e6


def _positive_is_more_frequent(share: float) -> bool:
    return share > 0.5  # noqa: PLR2004 - half of the rows


def _gini_interval(roc_auc: Interval) -> Interval:
    return Interval(low=2 * roc_auc.low - 1, high=2 * roc_auc.high - 1)


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
            difference=lambda pair: pair.accuracy,
            baseline=lambda share: max(share, 1 - share),
            at_threshold=True,
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
            difference=lambda pair: pair.precision,
            baseline=lambda share: share,
            at_threshold=True,
        ),
    ]
    """Share of positives among the predicted positives: how many of these are right; not defined, null,
    where there are none."""
    recall: Annotated[
        float,
        Figure(
            "Recall",
            lambda rows: rows.confusion_matrix.recall,
            interval=lambda rows: wilson(rows.confusion_matrix.recall, rows.positives),
            difference=lambda pair: pair.recall,
            baseline=lambda share: 1 if _positive_is_more_frequent(share) else 0,
            at_threshold=True,
        ),
    ]
    """Share of the positives that were predicted positive: how many of those to be found are found."""
    f1: Annotated[
        float,
        Figure(
            "F1",
            lambda rows: rows.confusion_matrix.f1,
            interval=lambda rows: f1_interval(rows.confusion_matrix),
            difference=lambda pair: pair.f1,
            baseline=lambda share: 2 * share / (1 + share) if _positive_is_more_frequent(share) else 0,
            in_trend=True,
            at_threshold=True,
        ),
    ]
    """Harmonic mean of precision and recall: high only where both are."""
    roc_auc: Annotated[
        float,
        Figure(
            "ROC AUC",
            lambda rows: rows.roc_auc,
            interval=lambda rows: rows.roc_auc_interval,
            difference=lambda pair: pair.roc_auc,
            baseline=lambda _: 0.5,
            in_note=True,
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
            difference=lambda pair: pair.average_precision,
            baseline=lambda share: share,
            in_trend=True,
        ),
    ]
    """Precision, averaged over the positives in the order of their scores: high where the highest scores are
    those of positives."""
    log_loss: Annotated[
        float,
        Figure(
            "Log loss",
            lambda rows: rows.log_loss,
            interval=lambda rows: rows.interval_of_mean(rows.log_losses),
            difference=lambda pair: pair.log_loss,
            baseline=lambda share: -share * math.log(share) - (1 - share) * math.log(1 - share),
            higher_is_better=False,
            most=LARGEST_LOSS,
        ),
    ]
    """Mean of minus the natural logarithm of the score that was given to what was observed: to be sure and
    wrong costs most, and less is better."""
    brier_score: Annotated[
        float,
        Figure(
            "Brier score",
            lambda rows: rows.brier_score,
            interval=lambda rows: rows.interval_of_mean(rows.squared_errors),
            difference=lambda pair: pair.brier_score,
            baseline=lambda share: share * (1 - share),
            higher_is_better=False,
        ),
    ]
    """Mean squared difference of score and label: how far off the scores are, and less is better."""
    reach: Annotated[
        float | None,
        Figure(
            "Reach of a fifth",
            lambda rows: rows.reach,
            interval=lambda rows: rows.reach_interval,
            difference=lambda pair: pair.reach,
            baseline=lambda _: 0.2,
        ),
    ] = None
    """Share of the positives that are among the fifth of the rows with the highest scores."""
    mcc: Annotated[
        float | None,
        Figure(
            "Matthews correlation",
            lambda rows: rows.confusion_matrix.mcc,
            interval=lambda rows: rows.mcc_interval,
            difference=lambda pair: pair.mcc,
            baseline=lambda _: 0,
            at_threshold=True,
            least=-1,
        ),
    ] = None
    """How far predictions and labels go together: 0 as by guessing, 1 always. Unlike accuracy, it is not high
    where one class alone is predicted; not defined, null, there."""
    gini: Annotated[
        float | None,
        Figure(
            "Gini",
            lambda rows: 2 * rows.roc_auc - 1,
            interval=lambda rows: _gini_interval(rows.roc_auc_interval),
            difference=lambda pair: pair.gini,
            baseline=lambda _: 0,
            least=-1,
        ),
    ] = None
    """Twice the ROC AUC, less 1: 0 for guessing, 1 where every positive scores above every negative."""
    ks: Annotated[
        float | None,
        Figure(
            "Kolmogorov-Smirnov",
            lambda rows: rows.ks,
            # The best of all thresholds is too high where rows are few, and its intervals miss.
            interval=lambda _: None,
            difference=lambda _: None,
            baseline=lambda _: 0,
        ),
    ] = None
    """How far one threshold can tell the classes apart: share of the positives above it, less that of the
    negatives."""
    brier_skill: Annotated[
        float | None,
        Figure(
            "Brier skill",
            lambda rows: rows.brier_skill,
            interval=lambda rows: rows.brier_skill_interval,
            difference=lambda pair: pair.brier_skill,
            baseline=lambda _: 0,
            least=-math.inf,
        ),
    ] = None
    """Part of the Brier score of knowing the share of positives alone that the scores do away with."""


FIGURES: dict[str, Figure] = figures_in(ModelFigures, Figure)
