"""Evaluations as metrics.json holds them."""

import hashlib
from typing import Any

import numpy as np

from include.pipeline.documents.metrics import (
    BestThreshold,
    Evaluation,
    FeatureImportance,
    MulticlassEvaluation,
    RegressionEvaluation,
    ThresholdFigures,
)
from include.pipeline.evaluation.evaluate import evaluate
from include.pipeline.evaluation.other_kinds.multiclass import evaluate_classes
from include.pipeline.evaluation.other_kinds.regression import evaluate_numbers
from include.pipeline.evaluation.predictions import write_predictions
from include.pipeline.figures.confusion_matrix import ConfusionMatrix
from include.pipeline.figures.interval import Interval
from include.pipeline.figures.other_kinds.classified_rows import ClassifiedRows
from include.pipeline.figures.other_kinds.predicted_rows import PredictedRows
from tests.pipeline.planned import CONFIG

_INTERVALS = {
    "accuracy": (0.8905, 0.9013),
    "precision": (0.6132, 0.7035),
    "recall": (0.1791, 0.2202),
    "f1": (0.2791, 0.3321),
    "roc_auc": (0.7627, 0.7901),
    "average_precision": (0.3996, 0.4531),
    "log_loss": (0.2753, 0.2931),
    "brier_score": (0.0772, 0.0838),
}
_AT_THRESHOLD = ThresholdFigures(
    threshold=0.5,
    confusion_matrix=ConfusionMatrix(tn=10789, fp=147, fn=1138, tp=283),
    precision=283 / 430,
    recall=283 / 1421,
    f1=2 * 283 / (2 * 283 + 147 + 1138),
    profit=12000.0,
)


def evaluation_of(
    *,
    features: dict[str, float] | None = None,
    intervals: dict[str, tuple[float, float]] | None = None,
    **figures: Any,
) -> Evaluation:
    """The tutorial's evaluation, but for these figures.

    Args:
        features: Mean absolute contribution of each.
        intervals: Those that are not the tutorial's.
        figures: Of the fields of `Metrics`.
    """
    contributions = {"euribor3m": 0.51, "contact_cellular": 0.2} if features is None else features
    best = BestThreshold(chosen_on="test", test=_AT_THRESHOLD)
    return Evaluation.model_validate(
        {
            "rows": 12357,
            "positives": 1421,
            "threshold": 0.5,
            "confusion_matrix": _AT_THRESHOLD.confusion_matrix,
            "accuracy": 11072 / 12357,
            "baseline_accuracy": 10936 / 12357,
            "precision": _AT_THRESHOLD.precision,
            "recall": _AT_THRESHOLD.recall,
            "f1": _AT_THRESHOLD.f1,
            "roc_auc": 0.77681,
            "average_precision": 0.42611,
            "log_loss": 0.28412,
            "brier_score": 0.08051,
            "intervals": {
                name: Interval(low=low, high=high)
                for name, (low, high) in (_INTERVALS | (intervals or {})).items()
            },
            "validation_rows": 0,
            "model_sha256": "5e" * 32,
            "previous": None,
            "drift": None,
            "thresholds": (_AT_THRESHOLD,),
            "best_f1": best,
            "best_profit": best,
            "deciles": (),
            "features": tuple(
                FeatureImportance(name=name, gain=1.0, mean_abs_contribution=value)
                for name, value in contributions.items()
            ),
            "training_curve": {"train-logloss": (0.6, 0.5)},
            **figures,
        }
    )


_RANDOM = np.random.default_rng(17)
LABELS = (_RANDOM.random(2000) < 0.2).astype(int)
_SIGNAL = 1.5 * LABELS + _RANDOM.normal(size=2000)
STRONG = 1 / (1 + np.exp(2 - _SIGNAL))
WEAK = 1 / (1 + np.exp(2 - _SIGNAL - 2 * _RANDOM.normal(size=2000)))


def evaluated(scores: np.ndarray, threshold: float = 0.5, **changed: Any) -> tuple[Evaluation, str]:
    """Evaluate scores of two thousand rows, as `evaluate_endpoint` does: metrics.json and predictions.csv."""
    predictions = write_predictions(LABELS, scores)
    params = CONFIG.params.model_copy(update={"threshold": threshold})
    found = evaluate((LABELS, scores), params, few_rows_shown=True).model_copy(
        update={
            "test_rows_sha256": "7e" * 32,
            "predictions_sha256": hashlib.sha256(predictions).hexdigest(),
            **changed,
        }
    )
    return found, predictions.decode()


def of_numbers(noise: float) -> tuple[RegressionEvaluation, str]:
    """Evaluate predictions of two hundred numbers: metrics.json and predictions.csv."""
    random = np.random.default_rng(3)
    labels = random.gamma(2.0, 20.0, 200).round(3)
    rows = PredictedRows(labels, labels + noise * random.normal(size=200))
    predictions = write_predictions(rows.labels, rows.predictions, kind="regression")
    return evaluate_numbers(rows, **_common(predictions)), predictions.decode()


def of_classes(sure: float) -> tuple[MulticlassEvaluation, str]:
    """Evaluate scores of two hundred rows of three classes: metrics.json and predictions.csv."""
    random = np.random.default_rng(4)
    labels = random.integers(0, 3, 200)
    scores = np.exp(random.normal(size=(200, 3)) + sure * np.eye(3)[labels])
    rows = ClassifiedRows(labels, scores / scores.sum(axis=1, keepdims=True))
    names = ("ash", "oak", "yew")
    predictions = write_predictions(rows.labels, rows.scores, kind="multiclass", classes=names)
    return evaluate_classes(rows, names, **_common(predictions)), predictions.decode()


def _common(predictions: bytes) -> dict[str, Any]:
    return {
        "validation_rows": 0,
        "model_sha256": "5e" * 32,
        "features": (),
        "previous": None,
        "drift": None,
        "training_curve": {},
        "few_rows_shown": True,
        "test_rows_sha256": "7e" * 32,
        "predictions_sha256": hashlib.sha256(predictions).hexdigest(),
    }
