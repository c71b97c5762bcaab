"""Train k-means: find the centers, and log how far the rows are from them."""

import json
import logging
import time
from typing import Any

import numpy as np

from local_aws.algorithms.kmeans.clustering import find_centers
from local_aws.algorithms.kmeans.hyperparameters import validate
from local_aws.algorithms.kmeans.model import KMeansModel
from local_aws.algorithms.toolkit.labelled_data import UNLABELLED, check_feature_dim, read_channels
from local_aws.algorithms.toolkit.metric_log import log_final, log_loss, log_throughput, start_log
from local_aws.algorithms.toolkit.model_files import save_model
from local_aws.errors import ClientError
from local_aws.opt_ml import OptMl

_LOG = logging.getLogger(__name__)


def train(opt_ml: OptMl) -> None:
    """Train and save a model.

    Raises:
        ClientError: The hyperparameters, channels or data are not valid.
    """
    start_log()
    hyperparameters = validate(json.loads(opt_ml.hyperparameters.read_text()))
    data = read_channels(opt_ml, ("train", "test"), UNLABELLED)
    check_feature_dim(data, hyperparameters["feature_dim"])
    features = data["train"].features
    distinct = len(np.unique(features, axis=0))
    if distinct < hyperparameters["k"]:
        raise ClientError(f"k is {hyperparameters['k']}, but there are only {distinct} distinct rows.")
    begin = time.perf_counter()
    model = KMeansModel(find_centers(features, hyperparameters))
    save_model(model, opt_ml.model)
    log_throughput(len(features) * hyperparameters["epochs"], time.perf_counter() - begin)
    for name, rows in data.items():
        found = _metrics(model, rows.features)
        for metric in hyperparameters["eval_metrics"]:
            log_loss(name, metric, found[metric])
            if name == "test":
                log_final(name, metric, found[metric])
    if "test" not in data:
        _LOG.info("Test data is not provided.")


def _metrics(model: KMeansModel, features: Any) -> dict[str, float]:
    squares = np.square(model.nearest(features)[1])
    return {"msd": float(squares.mean()), "ssd": float(squares.sum())}
