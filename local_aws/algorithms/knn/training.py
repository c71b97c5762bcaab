"""Train k-NN: sample the rows, reduce their dimensions, and score the test channel."""

import json
import logging
import time

import numpy as np

from local_aws.algorithms.knn.hyperparameters import validate
from local_aws.algorithms.knn.model import KnnModel
from local_aws.algorithms.knn.projection import projection
from local_aws.algorithms.toolkit.labelled_data import LabelledData, check_feature_dim, read_channels
from local_aws.algorithms.toolkit.metric_log import (
    log_final,
    log_loss,
    log_score,
    log_throughput,
    start_log,
)
from local_aws.algorithms.toolkit.model_files import save_model
from local_aws.errors import ClientError
from local_aws.opt_ml import OptMl

_LOG = logging.getLogger(__name__)
_SEED = 0


def train(opt_ml: OptMl) -> None:
    """Train and save a model.

    Raises:
        ClientError: The hyperparameters, channels or data are not valid.
    """
    start_log()
    hyperparameters = validate(json.loads(opt_ml.hyperparameters.read_text()))
    data = read_channels(opt_ml, ("train", "test"))
    check_feature_dim(data, hyperparameters["feature_dim"])
    begin = time.perf_counter()
    sampled = _sample(data["train"], hyperparameters["sample_size"])
    if len(sampled.labels) < hyperparameters["k"]:
        raise ClientError(f"k is {hyperparameters['k']}, but there are only {len(sampled.labels)} points.")
    dimensions = hyperparameters["feature_dim"]
    method = hyperparameters["dimension_reduction_type"]
    matrix = (
        np.eye(dimensions)
        if method is None
        else projection(method, dimensions, hyperparameters["dimension_reduction_target"])
    )
    if hyperparameters["index_type"] != "faiss.Flat":
        _LOG.info("Local AWS searches exactly, whatever index_type asks for.")
    model = KnnModel(
        hyperparameters["k"],
        hyperparameters["predictor_type"],
        hyperparameters["index_metric"],
        sampled.features @ matrix,
        sampled.labels,
        matrix,
    )
    save_model(model, opt_ml.model)
    log_throughput(len(data["train"].labels), time.perf_counter() - begin)
    if "test" in data:
        _score(model, data["test"])
    else:
        _LOG.info("Test data is not provided.")


def _sample(data: LabelledData, size: int) -> LabelledData:
    if size >= len(data.labels):
        return data
    kept = np.random.default_rng(_SEED).choice(len(data.labels), size, replace=False)
    return LabelledData(data.features[kept], data.labels[kept])


def _score(model: KnnModel, data: LabelledData) -> None:
    predicted = model.decide(model.neighbours(data.features)[1])
    if model.predictor_type == "regressor":
        mse = float(np.mean((predicted - data.labels) ** 2))
        log_final("test", "mse", mse)
        log_loss("test", "mse", mse)
    else:
        accuracy = float(np.mean(predicted == data.labels))
        log_final("test", "accuracy", accuracy)
        log_score("test", "accuracy", accuracy)
