"""The hyperparameters of k-NN and their rules.

Source: "k-NN hyperparameters" in the SageMaker developer guide.
"""

from collections.abc import Mapping
from typing import Any

from local_aws.algorithms.knn.metrics import METRICS
from local_aws.algorithms.toolkit.hyperparameter_schema import choice, integer, read, refusal

SCHEMA = {
    "feature_dim": integer(1, required=True),
    "k": integer(1, required=True),
    "predictor_type": choice("classifier", "regressor", required=True),
    "sample_size": integer(1, required=True),
    "dimension_reduction_target": integer(1),
    "dimension_reduction_type": choice("sign", "fjlt"),
    "faiss_index_ivf_nlists": integer(1, default="auto", auto=True),
    "faiss_index_pq_m": choice(
        *map(str, (1, 2, 3, 4, 8, 12, 16, 20, 24, 28, 32, 40, 48, 56, 64, 96)),
    ),
    "index_metric": choice("COSINE", "INNER_PRODUCT", "L2", default="L2"),
    "index_type": choice("faiss.Flat", "faiss.IVFFlat", "faiss.IVFPQ", default="faiss.Flat"),
    "mini_batch_size": integer(1, default=5000),
    "_tuning_objective_metric": choice(*(metric.name for metric in METRICS)),
}


def validate(given: Mapping[str, str]) -> dict[str, Any]:
    """Read and check a job's hyperparameters.

    Raises:
        ClientError: A hyperparameter is unknown, missing or refused, or two contradict each other.
    """
    values = read(SCHEMA, given)
    target, dimensions = values["dimension_reduction_target"], values["feature_dim"]
    if values["dimension_reduction_type"] is not None and target is None:
        raise refusal(
            "No value(s) were specified for 'dimension_reduction_target' which are required "
            "hyperparameter(s)",
            "'dimension_reduction_target' is required when 'dimension_reduction_type' is specified",
        )
    if target is not None and target >= dimensions:
        raise refusal(
            f"The value '{target}' is not valid for the 'dimension_reduction_target' hyperparameter which "
            "expects an integer greater than 0 and less than 'feature_dim'",
            f"{target} is not less than {dimensions}",
        )
    if values["index_type"] == "faiss.IVFPQ" and values["index_metric"] != "L2":
        raise refusal(
            f"The value '{values['index_metric']}' is not valid for the 'index_metric' hyperparameter which "
            "accepts one of the following: 'L2'",
            "index_type faiss.IVFPQ supports no other metric",
        )
    return values
