"""The hyperparameters of Factorization Machines: their defaults, and what is refused."""

from typing import Any

import pytest

from local_aws.algorithms.factorization_machines.hyperparameters import SCHEMA, validate
from local_aws.errors import ClientError

REQUIRED = {"feature_dim": "10", "num_factors": "4", "predictor_type": "regressor"}
# The table of the developer guide.
DEFAULTS = {
    "bias_init_method": "normal",
    "bias_init_scale": None,
    "bias_init_sigma": 0.01,
    "bias_init_value": None,
    "bias_lr": 0.1,
    "bias_wd": 0.01,
    "clip_gradient": None,
    "epochs": 1,
    "eps": None,
    "factors_init_method": "normal",
    "factors_init_scale": None,
    "factors_init_sigma": 0.001,
    "factors_init_value": None,
    "factors_lr": 0.0001,
    "factors_wd": 0.00001,
    "linear_init_method": "normal",
    "linear_init_scale": None,
    "linear_init_sigma": 0.01,
    "linear_init_value": None,
    "linear_lr": 0.001,
    "linear_wd": 0.001,
    "mini_batch_size": 1000,
    "rescale_grad": None,
}


def test_defaults() -> None:
    values = validate(REQUIRED)
    assert {name: values[name] for name in DEFAULTS} == DEFAULTS
    assert set(SCHEMA) == {*DEFAULTS, *REQUIRED, "_tuning_objective_metric"}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"num_factors": None, "predictor_type": None},
            (
                "No value(s) were specified for 'num_factors', 'predictor_type' which are required "
                "hyperparameter(s)"
            ),
        ),
        ({"k": "3"}, "Additional hyperparameters are not allowed ('k' was unexpected)"),
        *[
            (
                {name: text},
                (
                    f"The value '{text}' is not valid for the '{name}' hyperparameter which expects an "
                    "integer greater than 1"
                ),
            )
            for name in ("feature_dim", "num_factors", "epochs", "mini_batch_size")
            for text in ("0", "1.5", "many")
        ],
        *[
            (
                {f"{part}_{what}": "-0.1"},
                (
                    f"The value '-0.1' is not valid for the '{part}_{what}' hyperparameter which expects a "
                    "number in [0, +inf)"
                ),
            )
            for part in ("bias", "linear", "factors")
            for what in ("lr", "wd", "init_scale", "init_sigma")
        ],
        (
            {"predictor_type": "multiclass_classifier"},
            (
                "The value 'multiclass_classifier' is not valid for the 'predictor_type' hyperparameter "
                "which accepts one of the following: 'binary_classifier', 'regressor'"
            ),
        ),
        (
            {"rescale_grad": "nan"},
            "The value 'nan' is not valid for the 'rescale_grad' hyperparameter which expects a number",
        ),
        (
            {"_tuning_objective_metric": "test:mse"},
            "The value 'test:mse' is not valid for the '_tuning_objective_metric' hyperparameter which",
        ),
        *[
            (
                {f"{part}_init_method": method},
                (
                    f"No value(s) were specified for '{part}_init_{needed}' which are required "
                    "hyperparameter(s)"
                ),
            )
            for part in ("bias", "linear", "factors")
            for method, needed in (("uniform", "scale"), ("constant", "value"))
        ],
    ],
)
def test_refusals(changes: dict[str, Any], sentence: str) -> None:
    given = {name: text for name, text in {**REQUIRED, **changes}.items() if text is not None}
    with pytest.raises(ClientError) as caught:
        validate(given)
    assert str(caught.value).startswith(sentence)


def test_negative_values_that_are_allowed() -> None:
    given = {"clip_gradient": "-0.5", "bias_init_method": "constant", "bias_init_value": "-2"}
    values = validate({**REQUIRED, **given})
    assert (values["clip_gradient"], values["bias_init_value"]) == (-0.5, -2)
