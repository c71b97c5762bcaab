"""Train PCA: subtract the mean, and find the singular vectors of the rows."""

import json
import logging
import time
from typing import Any

import numpy as np
from scipy.linalg import svd  # type: ignore[import-untyped]
from sklearn.utils.extmath import randomized_svd, svd_flip

from local_aws.algorithms.pca.hyperparameters import validate
from local_aws.algorithms.pca.model import PcaModel
from local_aws.algorithms.toolkit.labelled_data import UNLABELLED, check_feature_dim, read_channels
from local_aws.algorithms.toolkit.metric_log import log_throughput, start_log
from local_aws.algorithms.toolkit.model_files import save_model
from local_aws.errors import ClientError
from local_aws.opt_ml import OptMl

_LOG = logging.getLogger(__name__)
_SEED = 0
# Developer guide: what -1 stands for is the larger of this and num_components.
_LEAST_EXTRA = 10
_Array = np.ndarray[Any, Any]


def train(opt_ml: OptMl) -> None:
    """Train and save a model.

    Raises:
        ClientError: The hyperparameters, channels or data are not valid.
    """
    start_log()
    hyperparameters = validate(json.loads(opt_ml.hyperparameters.read_text()))
    data = read_channels(opt_ml, ("train", "test"), UNLABELLED)
    check_feature_dim(data, hyperparameters["feature_dim"])
    features, components = data["train"].features, hyperparameters["num_components"]
    if len(features) < components:
        raise ClientError(f"num_components is {components}, but there are only {len(features)} rows.")
    _LOG.info("Local AWS looks at all rows at once: no effect of mini_batch_size.")
    begin = time.perf_counter()
    model = _fit(features, hyperparameters)
    save_model(model, opt_ml.model)
    log_throughput(len(features), time.perf_counter() - begin)
    if "test" in data:
        rows = data["test"].features
        lost = rows - model.mean - model.project(rows) @ model.v.T
        _LOG.info(
            "Local AWS: the test rows are at a mean squared distance of %s from their projections.",
            float(np.square(lost).sum(axis=1).mean()),
        )


def _fit(features: _Array, hyperparameters: dict[str, Any]) -> PcaModel:
    components, width = hyperparameters["num_components"], features.shape[1]
    mean = features.mean(axis=0) if hyperparameters["subtract_mean"] == "true" else np.zeros(width)
    if hyperparameters["algorithm_mode"] == "randomized":
        extra = hyperparameters["extra_components"]
        _, values, vectors = randomized_svd(
            features - mean,
            components,
            n_oversamples=max(_LEAST_EXTRA, components) if extra == -1 else extra,
            random_state=_SEED,
        )
    else:
        left, values, vectors = svd(features - mean, full_matrices=False)
        _, vectors = svd_flip(left, vectors)
    return PcaModel(mean, vectors[:components][::-1].T, values[:components][::-1])
