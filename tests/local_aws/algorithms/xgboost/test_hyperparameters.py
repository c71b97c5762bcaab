"""Hyperparameters are read and refused as the built-in container does."""

from typing import Any

import pytest

from local_aws.algorithms.xgboost.hyperparameters import validate
from local_aws.errors import UserError


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
        *[
            ({name: "1"}, f"Extraneous hyperparameter found: {name}")
            for name in ("silent", "foo", "sketch_eps", "predictor", "dsplit", "n_estimators", "ETA", "_fold")
        ],
        *[
            ({name: text}, f"Hyperparameter {name}: could not parse value (caused by ValueError)")
            for name, text in [
                ("eta", "fast"),
                ("eta", ""),
                ("gamma", "0,5"),
                ("num_round", "1.5"),
                ("num_round", "ten"),
                ("max_depth", "6.0"),
                ("csv_weights", "true"),
                ("verbosity", "info"),
                ("num_class", "two"),
                ("seed", "0.5"),
                ("base_score", "half"),
                ("_kfold", "five"),
            ]
        ],
        *[
            ({name: text}, f"Hyperparameter {name}: {shown} is not in {interval}")
            for name, text, shown, interval in [
                ("num_round", "0", "0", "[1, +inf)"),
                ("csv_weights", "2", "2", "[0, 1]"),
                ("early_stopping_rounds", "0", "0", "[1, +inf)"),
                ("verbosity", "4", "4", "[0, 3]"),
                ("verbosity", "-1", "-1", "[0, 3]"),
                ("nthread", "0", "0", "[1, +inf)"),
                ("eta", "2.0", "2.0", "[0, 1]"),
                ("eta", "-0.1", "-0.1", "[0, 1]"),
                ("gamma", "-1", "-1.0", "[0, +inf)"),
                ("max_depth", "-1", "-1", "[0, +inf)"),
                ("min_child_weight", "-1", "-1.0", "[0, +inf)"),
                ("max_delta_step", "-1", "-1.0", "[0, +inf)"),
                ("subsample", "0", "0.0", "(0, 1]"),
                ("subsample", "1.01", "1.01", "(0, 1]"),
                ("colsample_bytree", "0", "0.0", "(0, 1]"),
                ("colsample_bylevel", "0", "0.0", "(0, 1]"),
                ("colsample_bynode", "2", "2.0", "(0, 1]"),
                ("lambda", "-1", "-1.0", "[0, +inf)"),
                ("alpha", "-1", "-1.0", "[0, +inf)"),
                ("scale_pos_weight", "0", "0.0", "(0, +inf)"),
                ("refresh_leaf", "2", "2", "[0, 1]"),
                ("max_leaves", "-1", "-1", "[0, +inf)"),
                ("max_bin", "-1", "-1", "[0, +inf)"),
                ("rate_drop", "1.1", "1.1", "[0, 1]"),
                ("one_drop", "2", "2", "[0, 1]"),
                ("skip_drop", "-0.1", "-0.1", "[0, 1]"),
                ("lambda_bias", "2", "2.0", "[0, 1]"),
                ("tweedie_variance_power", "1", "1.0", "(1, 2)"),
                ("tweedie_variance_power", "2", "2.0", "(1, 2)"),
                ("num_class", "1", "1", "[2, +inf)"),
                ("base_score", "-1", "-1.0", "[0, +inf)"),
                ("seed", "2147483647", "2147483647", "(-2147483648, 2147483647)"),
                ("num_parallel_tree", "0", "0", "[1, +inf)"),
                ("aft_loss_distribution_scale", "-1", "-1.0", "[0, +inf)"),
                ("_kfold", "1", "1", "[2, +inf)"),
                ("_num_cv_round", "0", "0", "[1, +inf)"),
            ]
        ],
        *[
            ({name: text}, f"Hyperparameter {name}: {text} is not in {allowed}")
            for name, text, allowed in [
                ("booster", "forest", ["gbtree", "gblinear", "dart"]),
                ("tree_method", "gpu_hist", ["auto", "exact", "approx", "hist"]),
                ("sampling_method", "random", ["uniform", "gradient_based"]),
                ("process_type", "create", ["default", "update"]),
                ("grow_policy", "greedy", ["depthwise", "lossguide"]),
                ("sample_type", "all", ["uniform", "weighted"]),
                ("normalize_type", "leaf", ["tree", "forest"]),
                ("save_model_on_termination", "True", ["true", "false"]),
                ("aft_loss_distribution", "weibull", ["normal", "logistic", "extreme"]),
                ("use_dask_gpu_training", "yes", ["true", "false"]),
            ]
        ],
        ({"learning_rate": "2"}, "Hyperparameter eta: 2.0 is not in [0, 1]"),
        ({"min_split_loss": "-1"}, "Hyperparameter gamma: -1.0 is not in [0, +inf)"),
        ({"reg_lambda": "-1"}, "Hyperparameter lambda: -1.0 is not in [0, +inf)"),
        ({"reg_alpha": "x"}, "Hyperparameter alpha: could not parse value (caused by ValueError)"),
        (
            {"use_dask_gpu_training": "true"},
            (
                "Some configurations unsuitable for Dask GPU training were found: Dask training is only "
                "available for multi-GPU training."
            ),
        ),
        (
            {"updater": "prune,shotgun"},
            (
                "Tree updater should be selected from these options: 'grow_colmaker', 'grow_histmaker', "
                "'grow_quantile_histmaker', 'sync', 'refresh', 'prune'."
            ),
        ),
        (
            {"updater": "grow_colmaker,grow_histmaker"},
            (
                "Only one tree grow plugin can be selected. Choose one from the following: 'grow_colmaker', "
                "'grow_histmaker', 'grow_quantile_histmaker'"
            ),
        ),
        *[
            (
                {"booster": "gblinear", "updater": updater},
                "Linear updater should be one of these options: 'shotgun', 'coord_descent'.",
            )
            for updater in ("prune", "shotgun,coord_descent")
        ],
        (
            {"process_type": "update", "updater": "refresh,sync"},
            "process_type 'update' can only be used with updater 'refresh' and 'prune'",
        ),
        (
            {"eval_metric": "logloss,rmse@0.5"},
            (
                "Metric 'rmse@0.5' is not supported. Parameter 'eval_metric' with customized threshold "
                "should be one of these options: 'error', 'ndcg', 'map'."
            ),
        ),
        ({"eval_metric": "error@half"}, "Threshold value 't' in 'error@t' expects float input."),
        (
            {"tree_method": "hist", "interaction_constraints": "[1, 2]"},
            (
                "Hyperparameter interaction_constraints: unexpected failure when validating [1, 2] "
                "(caused by TypeError)"
            ),
        ),
        (
            {"tree_method": "hist", "interaction_constraints": "[[0, 1]]"},
            "Hyperparameter interaction_constraints: value [[0, 1]] not in range [1, +inf)",
        ),
        (
            {"objective": "multi:softprob"},
            "Require input for parameter 'num_class' for multi-classification",
        ),
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


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("eval_metric", "loss", r"value \['loss'\] not in range \['accuracy', 'auc', 'aucpr', "),
        ("eval_metric", "auc, error", r"value \['auc', ' error'\] not in range \['accuracy', "),
        ("updater", "grow_gpu_hist", r"value \['grow_gpu_hist'\] not in range \['grow_colmaker', "),
        # Among those that may grow trees, and in no range of the image.
        ("updater", "grow_quantile_histmaker", r"value \['grow_quantile_histmaker'\] not in range \['grow_"),
        ("objective", "binary:probit", r"binary:probit is not in \['binary:logistic', "),
        ("_tuning_objective_metric", "auc", r"auc is not in \['validation:accuracy', 'validation:auc', "),
        ("_tuning_objective_metric", "train:auc", r"train:auc is not in \['validation:accuracy', "),
    ],
)
def test_refusals_that_list_what_there_is(name: str, text: str, message: str) -> None:
    with pytest.raises(UserError, match=rf"^Hyperparameter {name}: {message}"):
        validate({"num_round": "1", name: text})


def test_aliases_stand_for_the_names_of_the_rules() -> None:
    given = {"learning_rate": "0.1", "min_split_loss": "1", "reg_lambda": "2", "reg_alpha": "3"}
    assert validate({"num_round": "1", **given}) == {
        "num_round": 1,
        "eta": 0.1,
        "gamma": 1.0,
        "lambda": 2.0,
        "alpha": 3.0,
    }


# The families of names, to be read at a glance.
OBJECTIVES = [
    *(f"binary:{name}" for name in ("logistic", "logitraw", "hinge")),
    *(f"multi:{name}" for name in ("softmax", "softprob")),
    *(f"rank:{name}" for name in ("pairwise", "ndcg", "map")),
    *(f"reg:{name}" for name in ("linear", "squarederror", "logistic", "gamma", "absoluteerror")),
    *(f"reg:{name}" for name in ("pseudohubererror", "squaredlogerror", "tweedie")),
    *(f"survival:{name}" for name in ("aft", "cox")),
    "count:poisson",
]
METRICS = [
    *("accuracy", "balanced_accuracy", "f1", "f1_binary", "f1_macro", "precision", "precision_macro"),
    *("precision_micro", "recall", "recall_macro", "recall_micro", "mse", "mae", "rmse", "r2"),
    *("aucpr", "error", "logloss", "merror", "mlogloss", "map", "ndcg", "ndcg@5", "map@3", "error@0.7"),
    *("rmsle", "mape", "mphe", "gamma-deviance", "interval-regression-accuracy"),
    *(f"{name}-nloglik" for name in ("cox", "gamma", "poisson", "tweedie")),
]


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_objectives(objective: str) -> None:
    given = {"num_round": "1", "objective": objective, "num_class": "3"}
    assert validate(given)["objective"] == objective


def test_metrics() -> None:
    assert validate({"num_round": "1", "eval_metric": ",".join(METRICS)})["eval_metric"] == METRICS
    for metric in ("auc", *METRICS):
        name = metric.partition("@")[0]
        given = {"num_round": "1", "_tuning_objective_metric": f"validation:{name}"}
        assert validate(given)["_tuning_objective_metric"] == f"validation:{name}"
