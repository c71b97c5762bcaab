"""The evaluation metrics that the container computes with scikit-learn."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
from sklearn import metrics

_REGRESSION: dict[str, Callable[..., float]] = {
    "mae": metrics.mean_absolute_error,
    "mse": metrics.mean_squared_error,
    "r2": metrics.r2_score,
    "rmse": metrics.root_mean_squared_error,
}
_CLASSIFICATION: dict[str, Callable[..., float]] = {
    "accuracy": metrics.accuracy_score,
    "balanced_accuracy": metrics.balanced_accuracy_score,
    "f1": partial(metrics.f1_score, average="macro"),
    "f1_binary": metrics.f1_score,
    "f1_macro": partial(metrics.f1_score, average="macro"),
    "precision": metrics.precision_score,
    "precision_macro": partial(metrics.precision_score, average="macro"),
    "precision_micro": partial(metrics.precision_score, average="micro"),
    "recall": metrics.recall_score,
    "recall_macro": partial(metrics.recall_score, average="macro"),
    "recall_micro": partial(metrics.recall_score, average="micro"),
}


def evaluation(names: Sequence[str], objective: str) -> Callable[[Any, Any], list[tuple[str, float]]]:
    """Returns the function that `xgboost.train` calls as `custom_metric`.

    Args:
        names: Metrics of `metric_names.CUSTOM`.
        objective: The job's; it decides what a prediction is.
    """

    def evaluate(predictions: Any, matrix: Any) -> list[tuple[str, float]]:
        labels = matrix.get_label()
        return [
            (name, _REGRESSION[name](labels, predictions))
            if name in _REGRESSION
            else (name, _CLASSIFICATION[name](labels, _classes(predictions, objective)))
            for name in names
        ]

    return evaluate


def _classes(predictions: Any, objective: str) -> Any:
    """The predicted classes: of a row of probabilities the likeliest, of one number 1 where it says so."""
    if predictions.ndim > 1:
        return np.argmax(predictions, axis=1)
    if objective == "multi:softmax":
        return predictions
    return (predictions > (0.0 if objective == "binary:logitraw" else 0.5)).astype(int)
