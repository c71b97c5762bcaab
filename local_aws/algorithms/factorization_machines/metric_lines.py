"""Compute and log the metrics of Factorization Machines, in the lines that its metric definitions expect."""

from typing import Any

import numpy as np
from sklearn import metrics

from local_aws.algorithms.factorization_machines.model import THRESHOLD, FactorizationMachine
from local_aws.algorithms.toolkit.labelled_data import LabelledData
from local_aws.algorithms.toolkit.metric_log import log_final, log_loss, log_score

_Array = np.ndarray[Any, Any]
# A probability of 0 of what happened would be an infinite loss.
_LEAST = 1e-15


def log_metrics(name: str, data: LabelledData, model: FactorizationMachine, epoch: int | None = None) -> None:
    """Log a model's metrics on a data set.

    Args:
        name: The data set: train or test.
        data: The rows of the data set.
        model: The model.
        epoch: The pass over the training data that it belongs to. None for the final model.
    """
    scores, labels = model.score(data.features), data.labels
    is_regressor = model.predictor_type == "regressor"
    losses, found = (_regression if is_regressor else _binary)(labels, scores)
    for metric, value in losses.items():
        log_loss(name, metric, value, epoch)
    for metric, value in found.items():
        log_score(name, metric, value, epoch)
    if name != "train":
        for metric, value in {**losses, **found}.items():
            log_final(name, metric, value)


def _regression(labels: _Array, scores: _Array) -> tuple[dict[str, float], dict[str, float]]:
    errors = labels - scores
    mse = float(np.mean(np.square(errors)))
    return {"rmse": mse**0.5, "mse": mse, "absolute_loss": float(np.mean(np.abs(errors)))}, {}


def _binary(labels: _Array, scores: _Array) -> tuple[dict[str, float], dict[str, float]]:
    predicted = (scores >= THRESHOLD).astype(int)
    likelihood = np.where(labels == 1, scores, 1 - scores)
    losses = {"binary_classification_cross_entropy": float(-np.log(np.maximum(likelihood, _LEAST)).mean())}
    return losses, {
        "binary_classification_accuracy": float(metrics.accuracy_score(labels, predicted)),
        "binary_f_1.000": float(metrics.f1_score(labels, predicted, zero_division=0.0)),
    }
