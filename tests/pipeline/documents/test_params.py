import json
import typing
from typing import Any

import pytest

from include.pipeline.documents.config import load_config
from include.pipeline.documents.params import RunParams, has_rounds, parse_params
from include.pipeline.errors import ParamError


@pytest.fixture
def values() -> dict[str, Any]:
    return load_config("bank_marketing").params.model_dump()


def test_the_yamls_defaults_are_the_tutorials(values: dict[str, Any]) -> None:
    params = parse_params(values)
    assert (params.train_fraction, params.seed) == (0.7, 1729)
    assert (params.validation_fraction, params.threshold_rule, params.threshold) == (0, "fixed", 0.5)
    assert params.hyperparameters == {
        "max_depth": 5,
        "eta": 0.2,
        "gamma": 4,
        "min_child_weight": 6,
        "subsample": 0.8,
        "verbosity": 1,
        "objective": "binary:logistic",
        "num_round": 100,
    }
    assert params.training_instance_type == params.endpoint_instance_type == "ml.m4.xlarge"


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("train_fraction", 0, "train_fraction = 0 (Input should be greater than 0)"),
        ("train_fraction", 1.0, "train_fraction = 1.0 (Input should be less than 1)"),
        ("train_fraction", 1.5, "train_fraction = 1.5 (Input should be less than 1)"),
        ("train_fraction", -0.1, "train_fraction = -0.1 (Input should be greater than 0)"),
        ("train_fraction", "0.7", "train_fraction = text of 3 characters (Input should be a valid number)"),
        ("train_fraction", float("nan"), "train_fraction = nan (Input should be"),
        ("seed", -1, "seed = -1 (Input should be greater than or equal to 0)"),
        ("seed", 2**32, "seed = 4294967296 (Input should be less than or equal to 4294967295)"),
        ("seed", 1.5, "seed = 1.5 (Input should be a valid integer"),
        ("data_url", "", "data_url = '' (String should have at least 1 character)"),
        ("data_url", None, "data_url = None (Input should be a valid string)"),
        ("bucket", 7, "bucket = 7 (Input should be a valid string)"),
        ("bucket_owner", 123456789012, "bucket_owner = 123456789012 (an AWS account is twelve digits, in"),
        (
            "bucket_owner",
            "12345678901",
            "bucket_owner = text of 11 characters (an AWS account is twelve digits, in",
        ),
        (
            "bucket_owner",
            "1234567890123",
            "bucket_owner = text of 13 characters (an AWS account is twelve digits",
        ),
        (
            "bucket_owner",
            "somebody",
            "bucket_owner = text of 8 characters (an AWS account is twelve digits, in quotes)",
        ),
        ("bucket_owner", "12345678901²", "(an AWS account is twelve digits, in quotes)"),
        ("bucket_owner", "", "bucket_owner = '' (an AWS account is twelve digits, in quotes)"),
        ("role", ["a"], "role = a list of 1 (Input should be a valid string)"),
        ("image_version", 3.2, "image_version = 3.2 (Input should be a valid string)"),
        (
            "hyperparameters",
            "eta=1",
            "hyperparameters = text of 5 characters (Input should be a valid dictionary)",
        ),
        ("hyperparameters", {"eta": None}, "eta"),
        (
            "training_instance_type",
            "m4.xlarge",
            "training_instance_type = text of 9 characters (String should match",
        ),
        (
            "endpoint_instance_type",
            "ml.m4",
            "endpoint_instance_type = text of 5 characters (String should match",
        ),
        ("training_instance_count", 0, "training_instance_count = 0 (Input should be greater than or"),
        ("endpoint_instance_count", 11, "endpoint_instance_count = 11 (Input should be less than or"),
        ("endpoint_instance_count", True, "endpoint_instance_count = True (Input should be a valid integer)"),
        ("threshold", 1, "threshold = 1 (Input should be less than 1)"),
        ("min_roc_auc", 1.01, "min_roc_auc = 1.01 (Input should be less than or equal to 1)"),
        (
            "must_beat_baseline",
            "yes",
            "must_beat_baseline = text of 3 characters (Input should be a valid boolean)",
        ),
        ("keep_endpoint", 1, "keep_endpoint = 1 (Input should be a valid boolean)"),
        ("validation_fraction", 1, "validation_fraction = 1 (Input should be less than 1)"),
        (
            "validation_fraction",
            -0.1,
            "validation_fraction = -0.1 (Input should be greater than or equal to 0)",
        ),
        (
            "threshold_rule",
            "f1",
            "threshold_rule = text of 2 characters (Input should be 'fixed', 'best_f1' or 'best_profit')",
        ),
        ("call_cost", -1, "call_cost = -1 (Input should be greater than or equal to 0)"),
        ("deposit_value", float("inf"), "deposit_value = inf (Input should be a finite number)"),
        ("delete_data", None, "delete_data = None (Input should be a valid boolean)"),
        ("force_retrain", None, "force_retrain = None (Input should be a valid boolean)"),
        ("force_retrain", 1, "force_retrain = 1 (Input should be a valid boolean)"),
        ("force_retrain", "yes", "force_retrain = text of 3 characters (Input should be a valid boolean)"),
        (
            "max_roc_auc_drop",
            -0.01,
            "max_roc_auc_drop = -0.01 (Input should be greater than or equal to 0)",
        ),
        ("max_roc_auc_drop", 1.01, "max_roc_auc_drop = 1.01 (Input should be less than or equal to 1)"),
        ("max_roc_auc_drop", float("nan"), "max_roc_auc_drop = nan (Input should be"),
        ("max_roc_auc_drop", "", "max_roc_auc_drop = '' (Input should be a valid number)"),
        ("max_roc_auc_drop", True, "max_roc_auc_drop = True (Input should be a valid number)"),
    ],
)
def test_a_wrong_value_is_named_with_its_rule(
    values: dict[str, Any], name: str, value: object, message: str
) -> None:
    with pytest.raises(ParamError) as refused:
        parse_params(values | {name: value})
    assert message in str(refused.value)
    assert "trigger the run again" in refused.value.mend


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"threshold_rule": "best_f1"}, "threshold_rule = best_f1: needs validation rows"),
        (
            {"hyperparameters": {"num_round": 10, "early_stopping_rounds": 3}},
            "the hyperparameter early_stopping_rounds: needs validation rows",
        ),
    ],
)
def test_what_needs_validation_rows_is_refused_without_them(
    values: dict[str, Any], changed: dict[str, Any], said: str
) -> None:
    with pytest.raises(ParamError) as refused:
        parse_params(values | changed)
    assert said in str(refused.value)
    assert parse_params(values | changed | {"validation_fraction": 0.1}).validation_fraction == 0.1


def test_an_unknown_param_is_refused_with_the_name_it_may_mean(values: dict[str, Any]) -> None:
    with pytest.raises(ParamError, match=r"'treshold' is unknown, did you mean 'threshold'\?"):
        parse_params(values | {"treshold": 0.4})


def test_a_missing_param_is_named(values: dict[str, Any]) -> None:
    del values["seed"]
    with pytest.raises(ParamError, match="'seed' is missing"):
        parse_params(values)


def test_all_faults_are_told_at_once(values: dict[str, Any]) -> None:
    with pytest.raises(ParamError) as refused:
        parse_params(values | {"seed": -1, "threshold": 2, "colour": "red"})
    assert all(name in refused.value.found for name in ("seed", "threshold", "colour"))


def test_a_run_is_held_to_no_other_and_trains_only_what_is_new_unless_asked(values: dict[str, Any]) -> None:
    params = parse_params(values)
    assert (params.max_roc_auc_drop, params.force_retrain) == (None, False)


@pytest.mark.parametrize("margin", [None, 0, 0.01, 1])
def test_the_margin_to_the_last_accepted_model_may_be_anything_that_a_roc_auc_may_drop(
    values: dict[str, Any], margin: float | None
) -> None:
    assert parse_params(values | {"max_roc_auc_drop": margin}).max_roc_auc_drop == margin


# Whatever Params there are, or will be, that take an integer and nothing with a fraction.
WHOLE = sorted(
    name
    for name, field in RunParams.model_fields.items()
    if int in {field.annotation, *typing.get_args(field.annotation)}
)


def test_there_are_params_of_whole_numbers() -> None:
    assert {"seed", "training_instance_count"} <= set(WHOLE)


@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize("sent", ["1.0", "2.0", "3e0", "40E-1", "5.000"])
def test_a_whole_number_may_come_from_json_with_a_point(values: dict[str, Any], name: str, sent: str) -> None:
    params = parse_params(values | {name: json.loads(sent)})
    found = getattr(params, name)
    assert (type(found), found) == (int, int(float(sent)))
    assert params == parse_params(values | {name: int(float(sent))})
    assert json.loads(params.model_dump_json())[name] == found
    assert f'"{name}":{found},' in params.model_dump_json()


@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize(
    "sent", [1729.5, 1.0000000001, True, False, "1.0", "1", float("nan"), float("inf"), -1.0, 1e300, [1.0]]
)
def test_what_is_no_whole_number_in_bounds_is_refused(
    values: dict[str, Any], name: str, sent: object
) -> None:
    with pytest.raises(ParamError, match=name):
        parse_params(values | {name: sent})


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("100.0", 100),
        ("1e2", 100),
        ("7.0", 7),
        ("0.2", 0.2),
        ("1.5", 1.5),
        ("-0.0", 0),
        ("1e300", 1e300),
        ('"100.0"', "100.0"),
        ('"1e2"', "1e2"),
        ('"exact"', "exact"),
    ],
)
def test_a_whole_hyperparameter_is_one_without_its_point(
    values: dict[str, Any], sent: str, kept: object
) -> None:
    params = parse_params(values | {"hyperparameters": {"num_round": 10, "x": json.loads(sent)}})
    found = params.hyperparameters["x"]
    assert (type(found), found) == (type(kept), kept)


def test_rounds_may_come_from_json_with_a_point(values: dict[str, Any]) -> None:
    params = parse_params(values | {"hyperparameters": {"num_round": 100.0}})
    assert params.hyperparameters == {"num_round": 100}
    assert str(params.hyperparameters["num_round"]) == "100"


@pytest.mark.parametrize("rounds", [100.5, "100.0", "1e2", 0.0, -3.0, "ten", "", None])
def test_rounds_that_are_none_are_told_from_rounds(rounds: object) -> None:
    assert not has_rounds({"num_round": rounds})
    assert not has_rounds({})
    assert has_rounds({"num_round": "0100"})
