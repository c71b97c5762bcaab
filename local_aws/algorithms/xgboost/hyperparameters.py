"""The hyperparameters of the built-in XGBoost: their types, ranges and refusals.

Source: the rules in aws/sagemaker-xgboost-container, and "XGBoost hyperparameters" in the SageMaker
developer guide.
"""

import ast
from collections.abc import Mapping
from typing import Any

from local_aws.algorithms.interval import Interval
from local_aws.algorithms.xgboost.hyperparameter_rule import Rule
from local_aws.algorithms.xgboost.metric_names import MAXIMIZED, MINIMIZED
from local_aws.errors import UserError


class _Metrics(tuple[str, ...]):
    """The names of the metrics. Three of them also take a threshold: `error@0.7`."""

    __slots__ = ()

    def __contains__(self, metric: object) -> bool:
        name, at, threshold = str(metric).partition("@")
        if not at:
            return super().__contains__(metric)
        if name.strip() not in ("error", "ndcg", "map"):
            raise UserError(
                f"Metric '{metric}' is not supported. Parameter 'eval_metric' with customized threshold "
                "should be one of these options: 'error', 'ndcg', 'map'."
            )
        try:
            float(threshold)
        except ValueError as error:
            raise UserError(f"Threshold value 't' in '{name.strip()}@t' expects float input.") from error
        return True


def _whole(interval: str) -> Rule:
    return Rule(int, Interval(interval))


def _real(interval: str) -> Rule:
    return Rule(float, Interval(interval))


def _one_of(*values: str) -> Rule:
    return Rule(str, values)


def _of_inner_lists(value: list[list[Any]]) -> list[Any]:
    return [element for inner in value for element in inner]


_TREE_GROWERS = ("grow_colmaker", "grow_histmaker", "grow_quantile_histmaker")
_TREE_UPDATERS = (*_TREE_GROWERS, "sync", "refresh", "prune")
_LINEAR_UPDATERS = ("shotgun", "coord_descent")
_OBJECTIVES = (
    "binary:logistic",
    "binary:logitraw",
    "binary:hinge",
    "count:poisson",
    "multi:softmax",
    "multi:softprob",
    "rank:pairwise",
    "rank:ndcg",
    "rank:map",
    "reg:linear",
    "reg:squarederror",
    "reg:logistic",
    "reg:gamma",
    "reg:absoluteerror",
    "reg:pseudohubererror",
    "reg:squaredlogerror",
    "reg:tweedie",
    "survival:aft",
    "survival:cox",
)

RULES: Mapping[str, Rule] = {
    "num_round": _whole("[1, +inf)"),
    "csv_weights": _whole("[0, 1]"),
    "early_stopping_rounds": _whole("[1, +inf)"),
    "booster": _one_of("gbtree", "gblinear", "dart"),
    "verbosity": _whole("[0, 3]"),
    "nthread": _whole("[1, +inf)"),
    "eta": _real("[0, 1]"),
    "gamma": _real("[0, +inf)"),
    "max_depth": _whole("[0, +inf)"),
    "min_child_weight": _real("[0, +inf)"),
    "max_delta_step": _real("[0, +inf)"),
    "subsample": _real("(0, 1]"),
    "sampling_method": _one_of("uniform", "gradient_based"),
    "colsample_bytree": _real("(0, 1]"),
    "colsample_bylevel": _real("(0, 1]"),
    "colsample_bynode": _real("(0, 1]"),
    "lambda": _real("[0, +inf)"),
    "alpha": _real("[0, +inf)"),
    "tree_method": _one_of("auto", "exact", "approx", "hist"),
    "scale_pos_weight": _real("(0, +inf)"),
    "updater": Rule(lambda text: text.split(","), (*_TREE_UPDATERS, *_LINEAR_UPDATERS), list),
    "refresh_leaf": _whole("[0, 1]"),
    "process_type": _one_of("default", "update"),
    "grow_policy": _one_of("depthwise", "lossguide"),
    "max_leaves": _whole("[0, +inf)"),
    "max_bin": _whole("[0, +inf)"),
    "monotone_constraints": Rule(ast.literal_eval, (-1, 0, 1), list),
    "interaction_constraints": Rule(ast.literal_eval, Interval("[1, +inf)"), _of_inner_lists),
    "sample_type": _one_of("uniform", "weighted"),
    "normalize_type": _one_of("tree", "forest"),
    "rate_drop": _real("[0, 1]"),
    "one_drop": _whole("[0, 1]"),
    "skip_drop": _real("[0, 1]"),
    "lambda_bias": _real("[0, 1]"),
    "tweedie_variance_power": _real("(1, 2)"),
    "objective": _one_of(*_OBJECTIVES),
    "num_class": _whole("[2, +inf)"),
    "base_score": _real("[0, +inf)"),
    "eval_metric": Rule(lambda text: text.split(","), _Metrics((*MAXIMIZED, *MINIMIZED)), list),
    "seed": _whole("(-2147483648, 2147483647)"),
    "num_parallel_tree": _whole("[1, +inf)"),
    "save_model_on_termination": _one_of("true", "false"),
    "aft_loss_distribution": _one_of("normal", "logistic", "extreme"),
    "aft_loss_distribution_scale": _real("[0, +inf)"),
    "use_dask_gpu_training": _one_of("true", "false"),
    "_kfold": _whole("[2, +inf)"),
    "_num_cv_round": _whole("[1, +inf)"),
    "_tuning_objective_metric": _one_of(*(f"validation:{name}" for name in (*MAXIMIZED, *MINIMIZED))),
}
_ALIASES = {
    "learning_rate": "eta",
    "min_split_loss": "gamma",
    "reg_lambda": "lambda",
    "reg_alpha": "alpha",
}


def validate(given: Mapping[str, str]) -> dict[str, Any]:
    """Read and check a job's hyperparameters.

    Args:
        given: Names and texts, as the API carries them.

    Returns:
        Names and values, in the given order. An alias has the name that it stands for.

    Raises:
        UserError: A hyperparameter is missing, unknown or not valid. The message is the container's.
    """
    named = {_ALIASES.get(name, name): text for name, text in given.items()}
    if "num_round" not in named:
        raise UserError("Missing required hyperparameter: num_round")
    values = {}
    for name, text in named.items():
        if name not in RULES:
            raise UserError(f"Extraneous hyperparameter found: {name}")
        values[name] = RULES[name].read(name, text)
    for name, value in values.items():
        RULES[name].check(name, value)
    _check_together(values)
    return values


def _check_together(values: Mapping[str, Any]) -> None:
    if "updater" in values:
        _check_updater(values["updater"], values.get("booster"), values.get("process_type"))
    if values.get("objective", "").startswith("multi:") and "num_class" not in values:
        raise UserError("Require input for parameter 'num_class' for multi-classification")
    if "eval_metric" in values:
        _check_metrics(values["eval_metric"], values.get("objective", ""))
    tree_method = values.get("tree_method")
    if "monotone_constraints" in values and tree_method not in ("exact", "hist"):
        raise UserError(
            "monotone_constraints can be used only when the tree_method parameter is set to either 'exact' "
            "or 'hist'."
        )
    if "interaction_constraints" in values and tree_method not in ("exact", "hist", "approx"):
        raise UserError(
            "interaction_constraints can be used only when the tree_method parameter is set to either "
            "'exact', 'hist' or 'approx'."
        )
    if values.get("use_dask_gpu_training") == "true":
        raise UserError(
            "Some configurations unsuitable for Dask GPU training were found: Dask training is only "
            "available for multi-GPU training."
        )


def _check_updater(updaters: list[str], booster: str | None, process_type: str | None) -> None:
    if booster == "gblinear":
        if len(updaters) != 1 or updaters[0] not in _LINEAR_UPDATERS:
            raise UserError(f"Linear updater should be one of these options: {_quoted(_LINEAR_UPDATERS)}.")
    elif process_type == "update":
        if not set(updaters) <= {"refresh", "prune"}:
            raise UserError("process_type 'update' can only be used with updater 'refresh' and 'prune'")
    elif not set(updaters) <= set(_TREE_UPDATERS):
        raise UserError(f"Tree updater should be selected from these options: {_quoted(_TREE_UPDATERS)}.")
    elif sum(updater in _TREE_GROWERS for updater in updaters) > 1:
        raise UserError(
            "Only one tree grow plugin can be selected. Choose one from the following: "
            f"{_quoted(_TREE_GROWERS)}"
        )


def _quoted(names: tuple[str, ...]) -> str:
    return ", ".join(f"'{name}'" for name in names)


def _check_metrics(metrics: list[str], objective: str) -> None:
    if "auc" in metrics and not objective.startswith(("binary:", "rank:")):
        raise UserError("Metric 'auc' can only be applied for classification and ranking problems.")
    if "aft-nloglik" in metrics and objective != "survival:aft":
        raise UserError("Metric 'aft-nloglik' can only be applied for 'survival:aft' objective.")
