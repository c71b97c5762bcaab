"""Train Factorization Machines: passes over mini-batches with Adam, and the metrics after each."""

import json
import time
from dataclasses import replace
from typing import Any

import numpy as np

from local_aws.algorithms.factorization_machines.adam import Adam
from local_aws.algorithms.factorization_machines.hyperparameters import validate
from local_aws.algorithms.factorization_machines.metric_lines import log_metrics
from local_aws.algorithms.factorization_machines.model import FactorizationMachine
from local_aws.algorithms.toolkit.labelled_data import (
    DataForm,
    LabelledData,
    check_feature_dim,
    read_channels,
)
from local_aws.algorithms.toolkit.metric_log import log_throughput, start_log
from local_aws.algorithms.toolkit.model_files import save_model
from local_aws.algorithms.toolkit.recordio import CONTENT_TYPE, FLOAT32
from local_aws.errors import ClientError
from local_aws.opt_ml import OptMl

_FORM = DataForm(content_types=(CONTENT_TYPE,), tensors=(FLOAT32,), is_sparse=True)
_SEED = 0
_Array = np.ndarray[Any, Any]


def train(opt_ml: OptMl) -> None:
    """Train and save a model.

    Raises:
        ClientError: The hyperparameters, channels or data are not valid.
    """
    start_log()
    hyperparameters = validate(json.loads(opt_ml.hyperparameters.read_text()))
    found = read_channels(opt_ml, ("train", "test"), _FORM)
    data = {name: replace(rows, features=rows.features.astype(np.float32)) for name, rows in found.items()}
    check_feature_dim(data, hyperparameters["feature_dim"])
    if hyperparameters["predictor_type"] == "binary_classifier":
        for name, rows in data.items():
            if not np.isin(rows.labels, (0, 1)).all():
                raise ClientError(
                    f"The labels of channel '{name}' are not all 0 or 1, as the predictor_type "
                    "binary_classifier needs them."
                )
    begin = time.perf_counter()
    model = _fit(data["train"], hyperparameters)
    save_model(model, opt_ml.model)
    log_throughput(len(data["train"].labels) * hyperparameters["epochs"], time.perf_counter() - begin)
    if "test" in data:
        log_metrics("test", data["test"], model)


def _fit(data: LabelledData, hyperparameters: dict[str, Any]) -> FactorizationMachine:
    model = _initial(hyperparameters)
    optimizers = {
        part: Adam(
            rate=hyperparameters[f"{part}_lr"],
            decay=hyperparameters[f"{part}_wd"],
            eps=hyperparameters["eps"],
            clip=hyperparameters["clip_gradient"],
        )
        for part in model.parameters
    }
    size, rescale = hyperparameters["mini_batch_size"], hyperparameters["rescale_grad"]
    for epoch in range(hyperparameters["epochs"]):
        for start in range(0, len(data.labels), size):
            labels = data.labels[start : start + size]
            gradients = model.gradients(data.features[start : start + size], labels)
            factor = 1 / len(labels) if rescale is None else rescale
            for part, values in model.parameters.items():
                optimizers[part].update(values, gradients[part] * np.float32(factor))
        log_metrics("train", data, model, epoch)
    if not all(np.isfinite(values).all() for values in model.parameters.values()):
        raise ClientError(
            "The training diverged: a parameter of the model is not finite. Use smaller learning rates "
            "(bias_lr, linear_lr, factors_lr), or clip_gradient."
        )
    return model


def _initial(hyperparameters: dict[str, Any]) -> FactorizationMachine:
    random = np.random.default_rng(_SEED)

    def drawn(part: str, *shape: int) -> _Array:
        method = hyperparameters[f"{part}_init_method"]
        if method == "uniform":
            scale = hyperparameters[f"{part}_init_scale"]
            values = random.uniform(-scale, scale, shape)
        elif method == "normal":
            values = random.normal(0.0, hyperparameters[f"{part}_init_sigma"], shape)
        else:
            values = np.full(shape, hyperparameters[f"{part}_init_value"])
        return values.astype(np.float32)

    width = hyperparameters["feature_dim"]
    return FactorizationMachine(
        hyperparameters["predictor_type"],
        drawn("bias", 1),
        drawn("linear", width),
        drawn("factors", width, hyperparameters["num_factors"]),
    )
