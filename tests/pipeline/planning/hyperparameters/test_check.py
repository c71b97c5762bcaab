"""The plan refuses hyperparameters that the image, its XGBoost or the pipeline would stumble over later."""

import json
from collections.abc import Iterator
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws

from include.pipeline.documents.params import RunParams
from include.pipeline.errors import ParamError
from include.pipeline.planning.hyperparameters.check import check_hyperparameters
from include.pipeline.planning.hyperparameters.image_rules import ImageRules
from include.pipeline.values.params import LabelKind
from tests.pipeline.planned import CONFIG, plan_of

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient

GPU = {"training_instance_type": "ml.g5.xlarge"}


def params_of(hyperparameters: dict[str, Any], version: str = "3.2-0", **params: Any) -> RunParams:
    given = {"num_round": 10, "objective": "binary:logistic"} | hyperparameters
    return CONFIG.params.model_copy(
        update={
            "hyperparameters": {name: value for name, value in given.items() if value is not None},
            "image_version": version,
            **params,
        }
    )


# Version, hyperparameters, what the refusal says.
REFUSED: dict[str, tuple[str, dict[str, Any], str]] = {
    "a number above its range": ("3.2-0", {"eta": 1.5}, "eta = '1.5' (has to be in [0, 1])"),
    "a number at its open end": ("3.2-0", {"subsample": 0}, "subsample = '0' (has to be in (0, 1])"),
    "a whole number with a point": (
        "3.2-0",
        {"max_depth": 5.0},
        "max_depth = '5.0' (has to be a whole number, written without a point)",
    ),
    "a number in words": ("1.7-1", {"gamma": "low"}, "gamma = 'low' (has to be a number)"),
    "not a number": ("3.2-0", {"lambda": "nan"}, "lambda = 'nan' (has to be in [0, +inf))"),
    "a number too small for XGBoost": (
        "3.2-0",
        {"alpha": 1e-40},
        "alpha = '1e-40' (has to be 0 or a number that single precision holds",
    ),
    "a whole number too large for XGBoost": (
        "3.2-0",
        {"max_leaves": 2**31},
        "max_leaves = '2147483648' (has to be at most 2147483647)",
    ),
    "a near miss": ("3.2-0", {"min_child_wieght": 1}, "'min_child_wieght' is unknown, did you mean 'min_ch"),
    "a name in capitals": ("3.2-0", {"ETA": 0.1}, "'ETA' is unknown, did you mean 'eta'?"),
    "scikit-learn's name": ("3.2-0", {"n_estimators": 9}, "'n_estimators' is unknown, did you mean 'num_r"),
    "a name like no other": ("3.2-0", {"x": 9}, "'x' is unknown"),
    "a dropped name": (
        "1.2-1",
        {"silent": 0},
        "'silent' is unknown to images after 1.0-1: verbosity replaces it",
    ),
    "a name to come": ("1.2-2", {"sampling_method": "uniform"}, "is known to images from 1.3-1 on only"),
    "a name that XGBoost ignores": (
        "3.0-5",
        {"predictor": "auto"},
        "'predictor' has no effect: image 3.0-5 takes it, and its XGBoost ignores it",
    ),
    "a value that XGBoost dropped": (
        "3.2-0",
        {"tree_method": "gpu_hist"},
        "tree_method = 'gpu_hist' (image 3.2-0 can do auto, exact, approx, hist; did you mean 'hist'?)",
    ),
    "a value to come": ("1.5-1", {"objective": "reg:absoluteerror"}, "objective = 'reg:absoluteerror' (ima"),
    "an alias before its time": ("0.90-1", {"learning_rate": 1}, "'learning_rate' is unknown"),
    "a name and its alias": (
        "3.2-0",
        {"eta": 0.1, "learning_rate": 0.2},
        "learning_rate = '0.2' (is another name of eta, which is given too: leave one out)",
    ),
    "no objective": ("3.2-0", {"objective": None}, "'objective' is missing (the pipeline wants one probabil"),
    "classes": ("3.2-0", {"objective": "multi:softmax"}, "'multi:softmax' (answers a class; the pipeline w"),
    "log-odds": ("1.0-1", {"objective": "binary:logitraw"}, "(answers log-odds; the pipeline wants one"),
    "values between 0 and 1 by chance": (
        "3.2-0",
        {"objective": "reg:squarederror"},
        "(answers a value that is not bound to 0 to 1; the pipeline wants one probability",
    ),
    "weights": ("3.2-0", {"csv_weights": 1}, "csv_weights = '1' (the pipeline writes no weights"),
    "an update": ("3.2-0", {"process_type": "update"}, "process_type = 'update' (there is no earlier model"),
    "a number of classes": ("3.2-0", {"num_class": 2}, "num_class = '2' (is for multi:softmax and"),
    "cross-validation": ("1.7-1", {"_kfold": 5}, "_kfold = '5' (leaves a model for each fold"),
    "a tuning job's metric": ("3.2-0", {"_tuning_objective_metric": "validation:auc"}, "name the metric in"),
    "script mode": (
        "3.2-0",
        {"sagemaker_program": "train.py"},
        "sagemaker_program = 'train.py' (belongs to the image's script mode, which fetches and runs code",
    ),
    "script mode of any kind": ("3.2-0", {"SageMaker_requirements": "r.txt"}, "script mode"),
    "an early stop by nothing": ("3.2-0", {"early_stopping_rounds": 5}, "has no effect without eval_metric"),
    "a metric of another objective": ("3.2-0", {"eval_metric": "logloss,merror"}, "is for multi:softmax and"),
    "a metric that needs classes": (
        "3.2-0",
        {"objective": "reg:logistic", "eval_metric": "auc"},
        "eval_metric = 'auc' (needs an objective binary:... or rank:...)",
    ),
    "a misspelt metric": ("3.2-0", {"eval_metric": "log_loss"}, "did you mean 'logloss'?)"),
    "a blank between metrics": ("3.2-0", {"eval_metric": "auc, logloss"}, "did you mean 'logloss'?)"),
    "a threshold in words": ("3.2-0", {"eval_metric": "error@half"}, "after error@ stands a number"),
    "the first of no rows": ("3.2-0", {"eval_metric": "ndcg@0"}, "after ndcg@ stands a whole number from 1"),
    "a stop by a name that XGBoost writes otherwise": (
        "3.2-0",
        {"eval_metric": "error@0.70", "early_stopping_rounds": 3},
        "eval_metric = 'error@0.70' (early_stopping_rounds finds it as 'error@0.7' alone)",
    ),
    "a linear model that stops early": (
        "3.2-0",
        {"booster": "gblinear", "eval_metric": "auc", "early_stopping_rounds": 3},
        "booster = gblinear cannot go back to its best round",
    ),
    "a linear updater of trees": ("3.2-0", {"updater": "shotgun"}, "updater = 'shotgun' (the first, and no"),
    "a tree updater of a linear model": (
        "3.2-0",
        {"booster": "gblinear", "updater": "prune"},
        "updater = 'prune' (with booster = gblinear it is one of shotgun, coord_descent)",
    ),
    "an updater that is gone": ("1.7-1", {"updater": "distcol"}, "updater = 'distcol' (image 1.7-1 can do"),
    "nothing to prune": ("3.2-0", {"updater": "prune,grow_colmaker"}, "(the first, and no other, grows"),
    "constraints without their tree method": (
        "3.2-0",
        {"monotone_constraints": "(1,)"},
        "monotone_constraints (needs tree_method = exact or hist)",
    ),
    "constraints that are a list": (
        "3.2-0",
        {"tree_method": "hist", "monotone_constraints": "[1, 0]"},
        "monotone_constraints = '[1, 0]' (has to be a tuple of -1, 0 and 1 in parentheses",
    ),
    "constraints that image fails on": (
        "1.5-1",
        {"tree_method": "hist", "monotone_constraints": "(1,)"},
        "monotone_constraints (image 1.5-1 fails on it",
    ),
    "interactions by number": (
        "3.2-0",
        {"tree_method": "hist", "interaction_constraints": "[[1, 2]]"},
        "interaction_constraints (from image 1.5-1 on XGBoost wants columns' names there",
    ),
    "interactions half written": ("1.3-1", {"interaction_constraints": "[[1"}, "has to be a list of lists"),
    "a sure first guess": ("3.2-0", {"base_score": 1}, "base_score = 1.0 (has to be a probability between"),
    "one bin": ("3.2-0", {"max_bin": 1}, "max_bin = 1 (XGBoost needs at least 2)"),
    "bins without end": ("3.2-0", {"max_bin": 2**28}, "max_bin = 268435456 (has to be at most 1000000)"),
    "threads without end": ("3.2-0", {"nthread": 5000}, "nthread = 5000 (has to be at most 1024)"),
    "exact trees of any depth": (
        "3.2-0",
        {"tree_method": "exact", "max_depth": 0},
        "max_depth = 0 (the exact tree method needs a depth)",
    ),
    "trees of any depth": ("1.5-1", {"max_depth": 0}, "needs tree_method = hist, grow_policy = lossguide"),
    "exact trees by gradient": (
        "3.2-0",
        {"tree_method": "exact", "sampling_method": "gradient_based"},
        "(the exact tree method samples uniformly alone)",
    ),
    "a GPU that is not there": ("1.7-1", {"tree_method": "gpu_hist"}, "(needs a training_instance_type wit"),
    "GPUs that are not there": ("3.2-0", {"use_dask_gpu_training": "true"}, "use_dask_gpu_training (needs a"),
    "a legacy image's classes": (
        "1",
        {"objective": "multi:softprob"},
        "answers a probability for each class",
    ),
}


@pytest.mark.parametrize(("version", "hyperparameters", "said"), REFUSED.values(), ids=REFUSED)
def test_it_is_refused(version: str, hyperparameters: dict[str, Any], said: str) -> None:
    with pytest.raises(ParamError) as refused:
        check_hyperparameters(params_of(hyperparameters, version, validation_fraction=0.2))
    assert said in refused.value.found


@pytest.mark.parametrize(
    ("version", "hyperparameters", "params"),
    [
        ("3.2-0", {}, {}),
        ("3.2-0", {"objective": "reg:logistic", "eval_metric": "logloss,error@0.7,map@3"}, {}),
        ("3.2-0", {"eval_metric": "auc", "early_stopping_rounds": 5}, {"validation_fraction": 0.2}),
        ("3.2-0", {"learning_rate": "0.1", "csv_weights": 0, "process_type": "default"}, {}),
        ("3.2-0", {"booster": "gblinear", "updater": "coord_descent", "max_depth": 0}, {}),
        ("3.2-0", {"updater": "grow_histmaker,prune", "max_depth": 0}, {}),
        ("3.2-0", {"tree_method": "hist", "monotone_constraints": "(1, 0, -1)"}, {}),
        ("3.2-0", {"sampling_method": "gradient_based", "subsample": 0.5}, {}),
        ("1.7-1", {"tree_method": "gpu_hist", "predictor": "gpu_predictor"}, GPU),
        ("1.7-1", {"tree_method": "gpu_hist", "use_dask_gpu_training": "true"}, GPU),
        ("1.3-1", {"tree_method": "hist", "interaction_constraints": "[[1, 2], [3]]"}, {}),
        ("1.0-1", {"silent": 0, "sketch_eps": 0.1}, {}),
        ("0.90-1", {"silent": 1, "updater": "grow_local_histmaker,prune"}, {}),
        ("1", {"silent": 1, "anything": "goes"}, {}),
    ],
)
def test_it_is_taken(version: str, hyperparameters: dict[str, Any], params: dict[str, Any]) -> None:
    check_hyperparameters(params_of(hyperparameters, version, **params))


@pytest.mark.parametrize("hyperparameters", [{"tree_method": "exact"}, {"updater": "grow_colmaker"}])
def test_exact_trees_are_grown_on_one_instance(hyperparameters: dict[str, Any]) -> None:
    check_hyperparameters(params_of(hyperparameters))
    with pytest.raises(ParamError, match="trains on one instance: take another, or training_instance_count"):
        check_hyperparameters(params_of(hyperparameters, training_instance_count=2))


def test_all_faults_are_told_at_once_and_what_to_do() -> None:
    with pytest.raises(ParamError) as refused:
        check_hyperparameters(params_of({"eta": 2, "silent": 0, "objective": "binary:hinge"}))
    assert refused.value.found == (
        "hyperparameters: eta = '2' (has to be in [0, 1]); "
        "'silent' is unknown to images after 1.0-1: verbosity replaces it; "
        "objective = 'binary:hinge' (answers 0 or 1; the pipeline wants one probability for each row: "
        "binary:logistic or reg:logistic)"
    )
    assert refused.value.mend == "Correct them and trigger the run again"


@pytest.fixture(scope="module")
def iam() -> Iterator["IAMClient"]:
    with mock_aws():
        yield boto3.client("iam", region_name="us-east-1")


def test_the_plan_asks(iam: "IAMClient") -> None:
    hyperparameters = CONFIG.params.hyperparameters | {"eta": 2}
    with pytest.raises(ParamError, match="has to be in"):
        plan_of({"hyperparameters": hyperparameters}, iam)


def test_the_table_knows_every_version_that_has_public_rules() -> None:
    pytest.importorskip("sagemaker", reason="sagemaker is for Python 3.11 alone")
    # The SDK's own file, read without the SDK, whose import takes seconds.
    images = files("sagemaker") / "core" / "image_uri_config" / "xgboost.json"
    versions = set(json.loads(images.read_text())["training"]["versions"])
    assert {version for version in versions if ImageRules.of(version) is None} == {"1"}


@pytest.mark.parametrize(("version", "count"), [("0.90-1", 42), ("1.2-2", 51), ("1.5-1", 54), ("3.2-0", 53)])
def test_the_table_has_as_many_hyperparameters_as_the_image(version: str, count: int) -> None:
    # Counted in the image's source at each version.
    rules = ImageRules.of(version)
    assert rules is not None
    assert sum(rules.takes(entry) for entry in rules.hyperparameters.values()) == count


OF_CLASSES = {"objective": "multi:softprob", "num_class": 3, "num_round": 10}
OF_NUMBERS = {"objective": "reg:squarederror", "num_round": 10}


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("multiclass", OF_CLASSES),
        ("multiclass", OF_CLASSES | {"eval_metric": "mlogloss,merror"}),
        ("regression", OF_NUMBERS | {"eval_metric": "rmse", "base_score": 150.5}),
        ("regression", OF_NUMBERS | {"objective": "reg:absoluteerror"}),
    ],
)
def test_each_kind_of_label_has_its_objectives(kind: LabelKind, given: dict[str, str | int | float]) -> None:
    check_hyperparameters(CONFIG.params.model_copy(update={"hyperparameters": given}), kind)


@pytest.mark.parametrize(
    ("kind", "given", "said"),
    [
        (
            "multiclass",
            {"objective": "binary:logistic"},
            "answers one probability; the pipeline wants a prob",
        ),
        ("multiclass", {"num_class": 1}, "num_class"),
        ("multiclass", {"eval_metric": "logloss"}, "kind: multiclass has mlogloss, merror, auc"),
        ("multiclass", {"scale_pos_weight": 3}, "is for a label of 0 and 1"),
        ("regression", {"objective": "reg:logistic"}, "wants a value in the label's unit for each row"),
        ("regression", {"num_class": 3}, "the label is a number"),
        ("regression", {"eval_metric": "auc"}, "kind: regression has rmse"),
    ],
)
def test_what_another_kind_has_is_refused_by_name(kind: LabelKind, given: dict[str, Any], said: str) -> None:
    usual = OF_CLASSES if kind == "multiclass" else OF_NUMBERS
    params = CONFIG.params.model_copy(update={"hyperparameters": usual | given})
    with pytest.raises(ParamError) as refused:
        check_hyperparameters(params, kind)
    assert said in str(refused.value)


def test_the_number_of_classes_is_required() -> None:
    given = {name: value for name, value in OF_CLASSES.items() if name != "num_class"}
    params = CONFIG.params.model_copy(update={"hyperparameters": given})
    with pytest.raises(ParamError, match="'num_class' is missing"):
        check_hyperparameters(params, "multiclass")
