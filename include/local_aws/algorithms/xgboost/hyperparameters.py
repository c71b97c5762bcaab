"""The hyperparameters of the built-in XGBoost: their types, ranges and refusals.

Source: the container's own rules, and "XGBoost hyperparameters" in the SageMaker developer guide. Not here:
`_kfold`, `_num_cv_round`, `_tuning_objective_metric`, `use_dask_gpu_training`, and the evaluation metrics
that the container computes with scikit-learn (accuracy, f1, ...): they are refused, not ignored.
"""

import ast
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from include.local_aws.algorithms.errors import UserError


@dataclass(frozen=True)
class Interval:
    """A range of numbers, written and read as mathematics does: "(0, 1]"."""

    text: str

    def __contains__(self, value: float) -> bool:
        low, high = (float(end) for end in self.text[1:-1].split(","))
        above = value >= low if self.text[0] == "[" else value > low
        below = value <= high if self.text[-1] == "]" else value < high
        return above and below

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Rule:
    """How a hyperparameter's text is read, and which values it may have.

    Attributes:
        parse: Reads the text; a ValueError refuses it.
        allowed: What the value, or each element of a list, must be in.
        is_list: Whether the value is a list.
    """

    parse: Callable[[str], Any]
    allowed: Interval | tuple[Any, ...]
    is_list: bool = False

    def check(self, name: str, value: Any) -> None:
        """Raises UserError where the value is not allowed."""
        allowed = list(self.allowed) if isinstance(self.allowed, tuple) else self.allowed
        if self.is_list:
            if not all(element in self.allowed for element in _flat(value)):
                raise UserError(f"Hyperparameter {name}: value {value} not in range {allowed}")
        elif value not in self.allowed:
            raise UserError(f"Hyperparameter {name}: {value} is not in {allowed}")


def _flat(value: Any) -> list[Any]:
    return (
        [part for element in value for part in _flat(element)]
        if isinstance(value, (list, tuple))
        else [value]
    )


def _whole(interval: str) -> Rule:
    return Rule(int, Interval(interval))


def _real(interval: str) -> Rule:
    return Rule(float, Interval(interval))


def _one_of(*values: str) -> Rule:
    return Rule(str, values)


class _Metrics(tuple[str, ...]):
    """The metrics' names; three of them also take a threshold: `error@0.7`."""

    __slots__ = ()

    def __contains__(self, metric: object) -> bool:
        name, at, threshold = str(metric).partition("@")
        if at:
            return name in ("error", "ndcg", "map") and not math.isnan(_number(threshold))
        return super().__contains__(metric)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


MAXIMIZED_METRICS = ("auc", "aucpr", "map", "ndcg")
_METRICS = _Metrics(
    (
        *MAXIMIZED_METRICS,
        "aft-nloglik",
        "cox-nloglik",
        "error",
        "gamma-deviance",
        "gamma-nloglik",
        "interval-regression-accuracy",
        "logloss",
        "mae",
        "mape",
        "merror",
        "mlogloss",
        "mphe",
        "poisson-nloglik",
        "rmse",
        "rmsle",
        "tweedie-nloglik",
    )
)
_UPDATERS = (
    "grow_colmaker",
    "grow_histmaker",
    "grow_quantile_histmaker",
    "sync",
    "refresh",
    "prune",
    "shotgun",
    "coord_descent",
)
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
    "updater": Rule(lambda text: text.split(","), _UPDATERS, is_list=True),
    "refresh_leaf": _whole("[0, 1]"),
    "process_type": _one_of("default", "update"),
    "grow_policy": _one_of("depthwise", "lossguide"),
    "max_leaves": _whole("[0, +inf)"),
    "max_bin": _whole("[0, +inf)"),
    "monotone_constraints": Rule(ast.literal_eval, (-1, 0, 1), is_list=True),
    "interaction_constraints": Rule(ast.literal_eval, Interval("[1, +inf)"), is_list=True),
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
    "eval_metric": Rule(lambda text: text.split(","), _METRICS, is_list=True),
    "seed": _whole("(-2147483648, 2147483647)"),
    "num_parallel_tree": _whole("[1, +inf)"),
    "save_model_on_termination": _one_of("true", "false"),
    "aft_loss_distribution": _one_of("normal", "logistic", "extreme"),
    "aft_loss_distribution_scale": _real("(0, +inf)"),
}


def validate(given: Mapping[str, str]) -> dict[str, Any]:
    """Reads and checks a job's hyperparameters.

    Args:
        given: Names and texts, as the API carries them.

    Returns:
        Names and values, in the order given.

    Raises:
        UserError: In the container's words.
    """
    if "num_round" not in given:
        raise UserError("Missing required hyperparameter: num_round")
    values = {}
    for name, text in given.items():
        if name not in RULES:
            raise UserError(f"Extraneous hyperparameter found: {name}")
        try:
            values[name] = RULES[name].parse(text)
        except (ValueError, SyntaxError) as error:
            raise UserError(
                f"Hyperparameter {name}: could not parse value (caused by {type(error).__name__})"
            ) from error
    for name, value in values.items():
        RULES[name].check(name, value)
    _check_together(values)
    return values


def _check_together(values: Mapping[str, Any]) -> None:
    objective = str(values.get("objective", ""))
    if objective.startswith("multi:") and "num_class" not in values:
        raise UserError("Require input for parameter 'num_class' for multi-classification")
    metrics = values.get("eval_metric", ())
    if "auc" in metrics and not objective.startswith(("binary:", "rank:")):
        raise UserError("Metric 'auc' can only be applied for classification and ranking problems.")
    if "aft-nloglik" in metrics and objective != "survival:aft":
        raise UserError("Metric 'aft-nloglik' can only be applied for 'survival:aft' objective.")
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
