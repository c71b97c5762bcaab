"""The hyperparameters of Random Cut Forest and their rules.

Source: "RCF hyperparameters" in the SageMaker developer guide.
"""

from collections.abc import Mapping
from typing import Any

from local_aws.algorithms.random_cut_forest.metrics import METRICS
from local_aws.algorithms.toolkit.hyperparameter_schema import choice, integer, read, some_of

SCHEMA = {
    "feature_dim": integer(1, 10_000, required=True),
    "eval_metrics": some_of("accuracy", "precision_recall_fscore"),
    "num_samples_per_tree": integer(1, 2048, default=256),
    "num_trees": integer(50, 1000, default=100),
    "_tuning_objective_metric": choice(*(metric.name for metric in METRICS)),
}


def validate(given: Mapping[str, str]) -> dict[str, Any]:
    """Read and check a job's hyperparameters.

    Raises:
        ClientError: A hyperparameter is unknown, missing or refused.
    """
    return read(SCHEMA, given)
