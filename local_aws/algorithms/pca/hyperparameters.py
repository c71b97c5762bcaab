"""The hyperparameters of PCA and their rules.

Source: "PCA hyperparameters" in the SageMaker developer guide.
"""

from collections.abc import Mapping
from typing import Any

from local_aws.algorithms.toolkit.hyperparameter_schema import choice, integer, read, refusal

SCHEMA = {
    "feature_dim": integer(1, required=True),
    "mini_batch_size": integer(1, required=True),
    "num_components": integer(1, required=True),
    "algorithm_mode": choice("regular", "randomized", default="regular"),
    "extra_components": integer(-1, default=-1),
    "subtract_mean": choice("true", "false", default="true"),
}


def validate(given: Mapping[str, str]) -> dict[str, Any]:
    """Read and check a job's hyperparameters.

    Raises:
        ClientError: A hyperparameter is unknown, missing or refused, or two contradict each other.
    """
    values = read(SCHEMA, given)
    components, dimensions = values["num_components"], values["feature_dim"]
    if components > dimensions:
        raise refusal(
            f"The value '{components}' is not valid for the 'num_components' hyperparameter which expects an "
            "integer not greater than 'feature_dim'",
            f"{components} is greater than {dimensions}",
        )
    return values
