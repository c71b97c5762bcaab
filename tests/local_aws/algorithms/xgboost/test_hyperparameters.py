"""Hyperparameters are read and refused as the built-in container does."""

from typing import Any

import pytest

from include.local_aws.algorithms.errors import UserError
from include.local_aws.algorithms.xgboost.hyperparameters import validate


def test_texts_become_values() -> None:
    given = {
        "num_round": "100",
        "eta": "0.2",
        "objective": "binary:logistic",
        "eval_metric": "auc,error@0.7",
        "tree_method": "hist",
        "monotone_constraints": "(1, 0, -1)",
        "interaction_constraints": "[[1, 2], [3]]",
    }
    assert validate(given) == {
        "num_round": 100,
        "eta": 0.2,
        "objective": "binary:logistic",
        "eval_metric": ["auc", "error@0.7"],
        "tree_method": "hist",
        "monotone_constraints": (1, 0, -1),
        "interaction_constraints": [[1, 2], [3]],
    }


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"num_round": None}, "Missing required hyperparameter: num_round"),
        ({"silent": "0"}, "Extraneous hyperparameter found: silent"),
        ({"foo": "1"}, "Extraneous hyperparameter found: foo"),
        ({"eta": "2.0"}, "Hyperparameter eta: 2.0 is not in [0, 1]"),
        ({"eta": "fast"}, "Hyperparameter eta: could not parse value (caused by ValueError)"),
        ({"num_round": "1.5"}, "Hyperparameter num_round: could not parse value (caused by ValueError)"),
        ({"num_round": "0"}, "Hyperparameter num_round: 0 is not in [1, +inf)"),
        ({"gamma": "-1"}, "Hyperparameter gamma: -1.0 is not in [0, +inf)"),
        ({"subsample": "0"}, "Hyperparameter subsample: 0.0 is not in (0, 1]"),
        ({"scale_pos_weight": "0"}, "Hyperparameter scale_pos_weight: 0.0 is not in (0, +inf)"),
        ({"tweedie_variance_power": "2"}, "Hyperparameter tweedie_variance_power: 2.0 is not in (1, 2)"),
        ({"verbosity": "4"}, "Hyperparameter verbosity: 4 is not in [0, 3]"),
        ({"booster": "forest"}, "Hyperparameter booster: forest is not in ['gbtree', 'gblinear', 'dart']"),
        (
            {"tree_method": "hist", "monotone_constraints": "(2,)"},
            "Hyperparameter monotone_constraints: value (2,) not in range [-1, 0, 1]",
        ),
        (
            {"tree_method": "hist", "monotone_constraints": "(1,"},
            "Hyperparameter monotone_constraints: could not parse value (caused by SyntaxError)",
        ),
        (
            {"objective": "multi:softmax"},
            "Require input for parameter 'num_class' for multi-classification",
        ),
        (
            {"objective": "reg:squarederror", "eval_metric": "auc"},
            "Metric 'auc' can only be applied for classification and ranking problems.",
        ),
        (
            {"eval_metric": "aft-nloglik"},
            "Metric 'aft-nloglik' can only be applied for 'survival:aft' objective.",
        ),
        (
            {"monotone_constraints": "(1,)"},
            (
                "monotone_constraints can be used only when the tree_method parameter is set to either "
                "'exact' or "
                "'hist'."
            ),
        ),
        (
            {"interaction_constraints": "[[1]]"},
            (
                "interaction_constraints can be used only when the tree_method parameter is set to either "
                "'exact', "
                "'hist' or 'approx'."
            ),
        ),
    ],
)
def test_refusals(changes: dict[str, Any], message: str) -> None:
    given = {"num_round": "5", "objective": "binary:logistic", **changes}
    with pytest.raises(UserError) as caught:
        validate({name: text for name, text in given.items() if text is not None})
    assert str(caught.value) == message


@pytest.mark.parametrize("metric", ["accuracy", "error@half", "rmse@0.5"])
def test_a_metric_it_does_not_have(metric: str) -> None:
    with pytest.raises(
        UserError, match=rf"^Hyperparameter eval_metric: value \['{metric}'\] not in range \['auc'"
    ):
        validate({"num_round": "1", "eval_metric": metric})
