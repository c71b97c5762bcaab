"""Train Random Cut Forest: grow the trees, and judge the scores of a labelled test channel."""

import json
import logging
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn import metrics

from local_aws.algorithms.random_cut_forest.growing import grow
from local_aws.algorithms.random_cut_forest.hyperparameters import validate
from local_aws.algorithms.toolkit.labelled_data import (
    UNLABELLED,
    bad_configuration,
    check_feature_dim,
    read_channels,
)
from local_aws.algorithms.toolkit.metric_log import log_final, log_score, log_throughput, start_log
from local_aws.algorithms.toolkit.model_files import save_model
from local_aws.errors import ClientError
from local_aws.opt_ml import OptMl

_LOG = logging.getLogger(__name__)
_SEED = 0
# Developer guide, "How RCF works": scores beyond three standard deviations from the mean are anomalous.
_DEVIATIONS = 3
# Developer guide, "Input/output interface for the RCF algorithm".
_DISTRIBUTIONS = {"train": "ShardedByS3Key", "test": "FullyReplicated"}
_Array = np.ndarray[Any, Any]


def train(opt_ml: OptMl) -> None:
    """Train and save a model.

    Raises:
        ClientError: The hyperparameters, channels or data are not valid.
    """
    start_log()
    hyperparameters = validate(json.loads(opt_ml.hyperparameters.read_text()))
    _check_distributions(opt_ml)
    data = read_channels(opt_ml, ("train", "test"), UNLABELLED)
    check_feature_dim(data, hyperparameters["feature_dim"])
    if "test" in data and not np.isin(data["test"].labels, (0, 1)).all():
        raise ClientError("The labels of channel 'test' are not all 0 (normal) or 1 (anomalous).")
    if "test" in data and not data["test"].labels.size:
        raise ClientError("The rows of channel 'test' have no labels, which are to be 0 (normal) or 1.")
    features = data["train"].features
    begin = time.perf_counter()
    forest = grow(
        features,
        hyperparameters["num_trees"],
        hyperparameters["num_samples_per_tree"],
        np.random.default_rng(_SEED),
    )
    save_model(forest, opt_ml.model)
    log_throughput(len(features), time.perf_counter() - begin)
    if "test" in data:
        scores = forest.score(data["test"].features)
        _log_metrics(data["test"].labels, scores, hyperparameters["eval_metrics"])
    else:
        _LOG.info("Test data is not provided.")


def _check_distributions(opt_ml: OptMl) -> None:
    config = json.loads(opt_ml.input_data_config.read_text())
    for name, expected in _DISTRIBUTIONS.items():
        found = config.get(name, {}).get("S3DistributionType", expected)
        if found != expected:
            raise bad_configuration(f"'{found}' is not one of ['{expected}'] (channel '{name}')")


def _log_metrics(labels: _Array, scores: _Array, asked: Sequence[str]) -> None:
    predicted = scores > scores.mean() + _DEVIATIONS * scores.std()
    found: dict[str, float] = {}
    if "accuracy" in asked:
        found["accuracy"] = float(metrics.accuracy_score(labels, predicted))
    if "precision_recall_fscore" in asked:
        by_class = metrics.precision_recall_fscore_support(
            labels, predicted, labels=[0, 1], zero_division=0.0
        )
        for name, (negative, positive) in zip(("precision", "recall", "f1"), by_class[:3], strict=True):
            found |= {name: float(positive), f"negative_{name}": float(negative)}
    for name, value in found.items():
        log_score("test", name, value)
        log_final("test", name, value)
