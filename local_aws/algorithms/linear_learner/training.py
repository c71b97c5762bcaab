"""Train Linear Learner: normalize, fit the loss's estimator, choose the threshold, log the metrics."""

import json
import logging
import time
from typing import Any

import numpy as np

from local_aws.algorithms.linear_learner.estimators import estimator
from local_aws.algorithms.linear_learner.hyperparameters import OF_ANOTHER_SOLVER, validate
from local_aws.algorithms.linear_learner.metric_lines import log_metrics
from local_aws.algorithms.linear_learner.model import LinearModel
from local_aws.algorithms.linear_learner.thresholds import best_threshold
from local_aws.algorithms.toolkit.labelled_data import LabelledData, check_feature_dim, read_channels
from local_aws.algorithms.toolkit.metric_log import log_throughput, start_log
from local_aws.algorithms.toolkit.model_files import save_model
from local_aws.errors import ClientError
from local_aws.opt_ml import OptMl

_LOG = logging.getLogger(__name__)
_CHANNELS = ("train", "validation", "test")
_NATURAL_THRESHOLDS = {"logistic": 0.5, "hinge_loss": 0.0}
_Array = np.ndarray[Any, Any]


def train(opt_ml: OptMl) -> None:
    """Train and save a model.

    Raises:
        ClientError: The hyperparameters, channels or data are not valid.
    """
    start_log()
    given = json.loads(opt_ml.hyperparameters.read_text())
    hyperparameters = validate(given)
    if unused := sorted(set(given) & set(OF_ANOTHER_SOLVER)):
        _LOG.info("Local AWS runs its solver until it converges: no effect of %s.", ", ".join(unused))
    data = read_channels(opt_ml, _CHANNELS)
    if hyperparameters["feature_dim"] != "auto":
        check_feature_dim(data, hyperparameters["feature_dim"])
    for name, rows in data.items():
        _check_labels(name, rows.labels, hyperparameters)
    begin = time.perf_counter()
    model = _best_model(data["train"], data.get("validation", data["train"]), hyperparameters)
    save_model(model, opt_ml.model)
    log_throughput(len(data["train"].labels), time.perf_counter() - begin)
    for name in _CHANNELS:
        if name in data:
            log_metrics(name, data[name], model, hyperparameters)
    if "test" not in data:
        _LOG.info("Test data is not provided.")


def _check_labels(name: str, labels: _Array, hyperparameters: dict[str, Any]) -> None:
    kind = hyperparameters["predictor_type"]
    if kind == "regressor":
        return
    classes = 2 if kind == "binary_classifier" else hyperparameters["num_classes"]
    if not np.isin(labels, np.arange(classes)).all():
        raise ClientError(
            f"The labels of channel '{name}' are not all in 0, ..., {classes - 1}, as the predictor_type "
            f"{kind} needs them."
        )
    if name == "train" and len(np.unique(labels)) == 1:
        raise ClientError("The labels of channel 'train' are all of one class.")


def _best_model(
    data: LabelledData, calibration: LabelledData, hyperparameters: dict[str, Any]
) -> LinearModel:
    if hyperparameters["predictor_type"] != "binary_classifier":
        return _fit(data, hyperparameters)
    balanced = float(np.sum(data.labels == 0) / np.sum(data.labels == 1))
    weight = hyperparameters["positive_example_weight_mult"]
    candidates = {"auto": [1.0, balanced], "balanced": [balanced]}.get(weight, [weight])
    natural = _NATURAL_THRESHOLDS[hyperparameters["loss"]]
    calibrated = []
    for candidate in candidates:
        model = _fit(data, hyperparameters, candidate)
        scores = model.score(calibration.features)
        threshold, goodness = best_threshold(calibration.labels, scores, hyperparameters, natural)
        calibrated.append((goodness, threshold, model))
    _, threshold, best = max(calibrated, key=lambda one: one[0])
    return LinearModel(best.predictor_type, best.loss, threshold, best.weights, best.bias)


def _fit(
    data: LabelledData, hyperparameters: dict[str, Any], positive_weight: float | None = None
) -> LinearModel:
    """Fit normalized data, and return the model for data that is not normalized."""
    has_bias = hyperparameters["use_bias"] == "true"
    shift, scale = _normalization(
        data.features, hyperparameters["normalize_data"], hyperparameters["unbias_data"], has_bias
    )
    label_shift, label_scale = np.zeros(1), np.ones(1)
    if hyperparameters["predictor_type"] == "regressor":
        label_shift, label_scale = _normalization(
            data.labels[:, None],
            hyperparameters["normalize_label"],
            hyperparameters["unbias_label"],
            has_bias,
        )
    fitted = estimator(hyperparameters, len(data.labels), positive_weight).fit(
        (data.features - shift) / scale, (data.labels - label_shift) / label_scale
    )
    weights = np.reshape(fitted.coef_, (-1, data.features.shape[1])).T / scale[:, None]
    bias = np.ravel(fitted.intercept_) - shift @ weights
    if hyperparameters["predictor_type"] == "multiclass_classifier":
        weights, bias = _for_all_classes(weights, bias, fitted.classes_, hyperparameters["num_classes"])
    return LinearModel(
        hyperparameters["predictor_type"],
        hyperparameters["loss"],
        0.0,
        weights * label_scale,
        bias * label_scale + label_shift,
    )


def _normalization(values: _Array, normalize: str, unbias: str, has_bias: bool) -> tuple[_Array, _Array]:
    """Return what to subtract from each column, and what to divide it by."""
    is_unbiased = unbias == "true" or (unbias == "auto" and has_bias)
    shift = values.mean(axis=0) if is_unbiased else np.zeros(values.shape[1])
    deviation = values.std(axis=0)
    scale = np.where((deviation > 0) & (normalize != "false"), deviation, 1.0)
    return shift, scale


def _for_all_classes(weights: _Array, bias: _Array, seen: _Array, classes: int) -> tuple[_Array, _Array]:
    """Return weights and bias for all classes. The score of a class without rows is never the largest."""
    all_weights, all_bias = np.zeros((len(weights), classes)), np.full(classes, -1e9)
    columns = seen.astype(int)
    if len(columns) == weights.shape[1]:
        all_weights[:, columns], all_bias[columns] = weights, bias
    else:  # scikit-learn fits the second of two classes against the first
        all_weights[:, columns[1]], all_bias[columns] = weights[:, 0], [0.0, bias[0]]
    return all_weights, all_bias
