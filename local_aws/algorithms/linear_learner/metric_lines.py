"""Compute and log the metrics of Linear Learner, in the lines that its metric definitions expect.

Source: "Tune a linear learner model" in the SageMaker developer guide.
"""

from typing import Any

import numpy as np
from sklearn import metrics

from local_aws.algorithms.linear_learner.model import LinearModel
from local_aws.algorithms.toolkit.labelled_data import LabelledData
from local_aws.algorithms.toolkit.metric_log import log_final, log_loss, log_score

_OBJECTIVES = {
    "logistic": "binary_classification_cross_entropy_objective",
    "hinge_loss": "binary_hinge_loss_objective",
    "softmax_loss": "multiclass_cross_entropy_objective",
    "squared_loss": "mse_objective",
}
_Array = np.ndarray[Any, Any]


def log_metrics(name: str, data: LabelledData, model: LinearModel, hyperparameters: dict[str, Any]) -> None:
    """Log the metrics of the final model on a data set.

    Args:
        name: The data set: train, validation or test.
        data: The rows of the data set.
        model: The final model.
        hyperparameters: The job's hyperparameters.
    """
    scores, labels = model.score(data.features), data.labels
    objective = float(np.mean(_losses(labels, scores, hyperparameters)))
    objective_name = _OBJECTIVES.get(model.loss, f"{model.loss}_objective")
    if name != "test":
        log_loss(name, objective_name, objective, epoch=0)
    log_loss(name, objective_name, objective)
    if model.predictor_type == "regressor":
        losses = {
            "mse": float(np.mean((labels - scores) ** 2)),
            "absolute_loss": float(np.mean(np.abs(labels - scores))),
        }
        for metric, value in losses.items():
            log_loss(name, metric, value)
        found = losses
    else:
        by_type = _binary if model.predictor_type == "binary_classifier" else _multiclass
        found = by_type(labels, scores, model.labels(scores), hyperparameters)
        for metric, value in found.items():
            log_score(name, metric, value)
    if name != "train":
        for metric, value in found.items():
            log_final(name, metric, value)


def _losses(labels: _Array, scores: _Array, hyperparameters: dict[str, Any]) -> _Array:
    """Return the objective's loss of each row, without the penalties."""
    loss = hyperparameters["loss"]
    if loss in ("logistic", "softmax_loss"):
        likelihood = (
            scores[np.arange(len(labels)), labels.astype(int)]
            if scores.ndim > 1
            else np.where(labels == 1, scores, 1 - scores)
        )
        losses: _Array = -np.log(np.maximum(likelihood, np.finfo(float).tiny))
        return losses
    errors = labels - scores
    distance = np.abs(errors)
    outside = np.maximum(0.0, distance - hyperparameters["loss_insensitivity"])
    delta, quantile = hyperparameters["huber_delta"], hyperparameters["quantile"]
    by_loss: dict[str, _Array] = {
        "hinge_loss": np.maximum(0.0, 1 - (2 * labels - 1) * scores),
        "squared_loss": errors**2,
        "absolute_loss": distance,
        "eps_insensitive_squared_loss": outside**2,
        "eps_insensitive_absolute_loss": outside,
        "quantile_loss": np.where(errors > 0, quantile * distance, (1 - quantile) * distance),
        "huber_loss": np.where(distance <= delta, distance**2 / 2, delta * (distance - delta / 2)),
    }
    return by_loss[loss]


def _binary(
    labels: _Array, scores: _Array, predicted: _Array, hyperparameters: dict[str, Any]
) -> dict[str, float]:
    beta = hyperparameters["f_beta"]
    found = {
        "binary_classification_accuracy": metrics.accuracy_score(labels, predicted),
        f"binary_f_{beta:.3f}": metrics.fbeta_score(labels, predicted, beta=beta, zero_division=0.0),
        "precision": metrics.precision_score(labels, predicted, zero_division=0.0),
        "recall": metrics.recall_score(labels, predicted, zero_division=0.0),
    }
    if len(np.unique(labels)) > 1:
        found["roc_auc_score"] = metrics.roc_auc_score(labels, scores)
    return found


def _multiclass(
    labels: _Array, scores: _Array, predicted: _Array, hyperparameters: dict[str, Any]
) -> dict[str, float]:
    top, beta = hyperparameters["accuracy_top_k"], hyperparameters["f_beta"]
    own = scores[np.arange(len(labels)), labels.astype(int)]
    rank = (scores > own[:, None]).sum(axis=1)
    macro = {"average": "macro", "zero_division": 0.0}
    return {
        "multiclass_accuracy": metrics.accuracy_score(labels, predicted),
        f"multiclass_top_k_accuracy_{top}": float(np.mean(rank < top)),
        # A row has one relevant class. Its gain is 1, discounted by its rank.
        "dcg": float(np.mean(1 / np.log2(rank + 2))),
        "macro_recall": metrics.recall_score(labels, predicted, **macro),
        "macro_precision": metrics.precision_score(labels, predicted, **macro),
        f"macro_f_{beta:.3f}": metrics.fbeta_score(labels, predicted, beta=beta, **macro),
    }
