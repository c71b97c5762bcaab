"""The evaluation metrics that the container computes with scikit-learn instead of XGBoost.

They ignore the weights of the rows. Those of classes take a prediction for a margin, as the container's do,
where XGBoost hands them a probability: then every row counts as positive. The metrics of regression need no
scikit-learn: its import takes 2 s, which only a job with metrics of classification should pay for.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

_LOG = logging.getLogger(__name__)
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


# Since 3.0-5 the images give XGBoost a `custom_metric`, which gets probabilities, and no `feval`, which got
# margins (algorithm_mode/train.py and metrics/custom_metrics.py at their tags).
_TAKE_MARGINS = ("sagemaker-xgboost:3.2-0", "sagemaker-xgboost:3.0-5")
# What XGBoost predicts by these is taken rightly: margins, classes 0 and 1, and one number a class.
_RIGHT_ALL_THE_SAME = ("binary:logitraw", "binary:hinge", "multi:softprob")


def evaluation(
    names: Sequence[str], objective: str, image: str
) -> Callable[[Any, Any], list[tuple[str, float]]]:
    """Return the function that `xgboost.train` calls as `custom_metric`.

    Args:
        names: Metrics of `metric_names.CUSTOM`.
        objective: The job's objective, which decides what a prediction means.
        image: The image that was asked for, as `repository:tag`.
    """
    classifying = sorted(set(names) - set(_REGRESSION))
    of_classes = _classification() if classifying else {}
    takes_margins = image in _TAKE_MARGINS
    if classifying and takes_margins and objective not in _RIGHT_ALL_THE_SAME:
        _LOG.warning(
            "Local AWS: %s of this image take every prediction above 0 for class 1, as on AWS: the image's "
            "metrics expect margins. XGBoost's own metrics, such as auc and error, do not.",
            ", ".join(classifying),
        )

    def evaluate(predictions: Any, matrix: Any) -> list[tuple[str, float]]:
        labels = matrix.get_label().astype(float)
        return [
            (name, _REGRESSION[name](labels, predictions))
            if name in _REGRESSION
            else (name, of_classes[name](labels, _classes(predictions, objective, takes_margins)))
            for name in names
        ]

    return evaluate


def _classes(predictions: Any, objective: str, takes_margins: bool) -> Any:
    """Return the predicted class of each row.

    Where a row holds probabilities, it is the class with the largest one. Where a row holds one number, and
    that is taken for a margin, it is 1 above 0. Otherwise it is the class itself for multi:softmax, or else 1
    where the number is above the threshold.
    """
    if predictions.ndim > 1:
        return np.argmax(predictions, axis=1)
    if takes_margins:
        return (predictions > 0.0).astype(int)
    if objective == "multi:softmax":
        return predictions
    return (predictions > (0.0 if objective == "binary:logitraw" else 0.5)).astype(int)
