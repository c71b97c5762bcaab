"""The hyperparameters of k-means and their rules.

Source: "k-means hyperparameters" in the SageMaker developer guide.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from local_aws.algorithms.kmeans.metrics import METRICS
from local_aws.algorithms.toolkit.hyperparameter_schema import choice, integer, number, read, some_of

SCHEMA = {
    "feature_dim": integer(1, required=True),
    "k": integer(1, required=True),
    "epochs": integer(1, default=1),
    "eval_metrics": replace(some_of("msd", "ssd"), default=("msd",)),
    "extra_center_factor": integer(1, default="auto", auto=True),
    "half_life_time_size": integer(0, default=0),
    "init_method": choice("random", "kmeans++", default="random"),
    "local_lloyd_init_method": choice("random", "kmeans++", default="kmeans++"),
    "local_lloyd_max_iter": integer(1, default=300),
    "local_lloyd_num_trials": integer(1, default="auto", auto=True),
    "local_lloyd_tol": number("[0, 1]", 0.0001),
    "mini_batch_size": integer(1, default=5000),
    "_tuning_objective_metric": choice(*(metric.name for metric in METRICS)),
}


def validate(given: Mapping[str, str]) -> dict[str, Any]:
    """Read and check a job's hyperparameters.

    Raises:
        ClientError: A hyperparameter is unknown, missing or refused.
    """
    return read(SCHEMA, given)
