"""The evaluation metrics that the container computes with scikit-learn instead of XGBoost.

They ignore the weights of the rows. The metrics of regression are computed without scikit-learn: its import
takes 2 s, which only a job with metrics of classification should pay for.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

_Metric = Callable[[Any, Any], float]


def _mse(labels: Any, predictions: Any) -> float:
    return float(np.mean((labels - predictions) ** 2))


def _r2(labels: Any, predictions: Any) -> float:
    variance = float(np.var(labels))
    # What scikit-learn answers where all labels are equal.
    return 1 - _mse(labels, predictions) / variance if variance else 0.0


_REGRESSION: Mapping[str, _Metric] = {
    "mae": lambda labels, predictions: float(np.mean(np.abs(labels - predictions))),
    "mse": _mse,
    "r2": _r2,
    "rmse": lambda labels, predictions: _mse(labels, predictions) ** 0.5,
}


def _classification() -> Mapping[str, _Metric]:
    from sklearn import metrics  # noqa: PLC0415 - see above

    return {
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
    """Return the function that `xgboost.train` calls as `custom_metric`.

    Args:
        names: Metrics of `metric_names.CUSTOM`.
        objective: The job's objective, which decides what a prediction means.
    """
    of_classes = _classification() if set(names) - set(_REGRESSION) else {}

    def evaluate(predictions: Any, matrix: Any) -> list[tuple[str, float]]:
        labels = matrix.get_label().astype(float)
        return [
            (name, _REGRESSION[name](labels, predictions))
            if name in _REGRESSION
            else (name, of_classes[name](labels, _classes(predictions, objective)))
            for name in names
        ]

    return evaluate


def _classes(predictions: Any, objective: str) -> Any:
    """Return the predicted class of each row.

    Where a row holds probabilities, it is the class with the largest one. Where a row holds one number, that
    is the class itself for multi:softmax; otherwise the class is 1 where the number is above the threshold.
    """
    if predictions.ndim > 1:
        return np.argmax(predictions, axis=1)
    if objective == "multi:softmax":
        return predictions
    return (predictions > (0.0 if objective == "binary:logitraw" else 0.5)).astype(int)
