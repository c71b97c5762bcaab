"""The hyperparameters of Factorization Machines and their rules.

Source: "Factorization machines hyperparameters" in the SageMaker developer guide.
"""

from collections.abc import Mapping
from typing import Any

from local_aws.algorithms.factorization_machines.metrics import METRICS
from local_aws.algorithms.toolkit.hyperparameter_schema import (
    Hyperparameter,
    choice,
    integer,
    number,
    read,
    refusal,
)

# For each part of the model: learning rate, weight decay, and deviation of the normal start.
_PARTS = {"bias": (0.1, 0.01, 0.01), "linear": (0.001, 0.001, 0.01), "factors": (0.0001, 0.00001, 0.001)}
# What a method of initialization draws from has no default.
_NEEDED_BY_METHOD = {"uniform": "scale", "constant": "value"}
_POSITIVE, _ANY = "[0, +inf)", "(-inf, +inf)"


def _of_part(part: str, rate: float, decay: float, sigma: float) -> dict[str, Hyperparameter]:
    return {
        f"{part}_lr": number(_POSITIVE, rate),
        f"{part}_wd": number(_POSITIVE, decay),
        f"{part}_init_method": choice("uniform", "normal", "constant", default="normal"),
        f"{part}_init_scale": number(_POSITIVE),
        f"{part}_init_sigma": number(_POSITIVE, sigma),
        f"{part}_init_value": number(_ANY),
    }


SCHEMA = {
    "feature_dim": integer(1, required=True),
    "num_factors": integer(1, required=True),
    "predictor_type": choice("binary_classifier", "regressor", required=True),
    "clip_gradient": number(_ANY),
    "epochs": integer(1, default=1),
    "eps": number(_ANY),
    "mini_batch_size": integer(1, default=1000),
    "rescale_grad": number(_ANY),
    **{name: one for part, defaults in _PARTS.items() for name, one in _of_part(part, *defaults).items()},
    "_tuning_objective_metric": choice(*(metric.name for metric in METRICS)),
}


def validate(given: Mapping[str, str]) -> dict[str, Any]:
    """Read and check a job's hyperparameters.

    Raises:
        ClientError: A hyperparameter is unknown, missing or refused, or two contradict each other.
    """
    values = read(SCHEMA, given)
    for part in _PARTS:
        method = values[f"{part}_init_method"]
        needed = f"{part}_init_{_NEEDED_BY_METHOD.get(method, 'sigma')}"
        if values[needed] is None:
            raise refusal(
                f"No value(s) were specified for '{needed}' which are required hyperparameter(s)",
                f"'{needed}' is required when '{part}_init_method' is '{method}'",
            )
    return values
