"""The hyperparameters of the built-in XGBoost: their types, ranges and refusals.

Source: the rules in aws/sagemaker-xgboost-container, and "XGBoost hyperparameters" in the SageMaker
developer guide. What they are stands in the data file `xgboost.toml`; here, what the image says of them.
"""

import ast
from collections.abc import Mapping, Sequence
from typing import Any

from local_aws.algorithms.image_rules import is_served, read_table
from local_aws.algorithms.interval import Interval
from local_aws.algorithms.xgboost import IMAGES
from local_aws.algorithms.xgboost.hyperparameter_rule import Rule
from local_aws.algorithms.xgboost.metric_names import MAXIMIZED, MINIMIZED, WITH_THRESHOLD
from local_aws.errors import UserError

_TABLE = read_table("xgboost")
_VERSION = IMAGES[0].partition(":")[2]


class _Metrics(tuple[str, ...]):
    """The names of the metrics. Some of them also take a threshold: `error@0.7`."""

    __slots__ = ()

    def __contains__(self, metric: object) -> bool:
        name, at, threshold = str(metric).partition("@")
        if not at:
            return super().__contains__(metric)
        if name.strip() not in WITH_THRESHOLD:
            raise UserError(
                f"Metric '{metric}' is not supported. Parameter 'eval_metric' with customized threshold "
                f"should be one of these options: {_quoted(WITH_THRESHOLD)}."
            )
        try:
            float(threshold)
        except ValueError as error:
            raise UserError(f"Threshold value 't' in '{name.strip()}@t' expects float input.") from error
        return True


def _of_inner_lists(value: list[list[Any]]) -> list[Any]:
    return [element for inner in value for element in inner]


def _served(entry: Mapping[str, Any]) -> bool:
    return is_served(entry, _VERSION, _TABLE["versions"])


def _values(name: str, listed: list[Any]) -> tuple[Any, ...]:
    changed = _TABLE["values"].get(name, {})
    return tuple(value for value in listed if _served(changed.get(value, {})))


def _rule(name: str, entry: Mapping[str, Any]) -> Rule:
    metrics = (*MAXIMIZED, *MINIMIZED)
    values = _values(name, entry.get("values", []))
    interval = Interval(entry.get("range", "(-inf, +inf)"))
    return {
        "integer": Rule(int, interval),
        "number": Rule(float, interval),
        "choice": Rule(str, values),
        "list": Rule(lambda text: text.split(","), values, list),
        "tuple": Rule(ast.literal_eval, values, list),
        "lists": Rule(ast.literal_eval, interval, _of_inner_lists),
        "metrics": Rule(lambda text: text.split(","), _Metrics(metrics), list),
        "metric": Rule(str, tuple(f"validation:{metric}" for metric in metrics)),
    }[entry["type"]]


RULES: Mapping[str, Rule] = {
    name: _rule(name, entry) for name, entry in _TABLE["hyperparameters"].items() if _served(entry)
}
_REQUIRED = [name for name, entry in _TABLE["hyperparameters"].items() if entry.get("required")]
_ALIASES = {alias: entry["of"] for alias, entry in _TABLE["aliases"].items() if _served(entry)}
_UPDATERS = {kind: _values("updater", names) for kind, names in _TABLE["updaters"].items()}
_TREE_UPDATERS = (*_UPDATERS["growers"], *_UPDATERS["others"])


def _rules_of(version: str) -> Mapping[str, Rule]:
    """Return the rules at a version of the image: its library's, and `silent` as long as images took it.

    The rules of the versions "1" and "latest" are not public. They are older than those of the table, and
    their documentation lists `silent`.
    """
    entry, versions = _TABLE["hyperparameters"]["silent"], _TABLE["versions"]
    at = versions.index(version) if version in versions else 0
    is_taken = at <= versions.index(entry["until"])
    return {**RULES, "silent": _rule("silent", entry)} if is_taken else RULES


def validate(given: Mapping[str, str], version: str = _VERSION) -> dict[str, Any]:
    """Read and check a job's hyperparameters.

    Args:
        given: Names and texts, as the API carries them.
        version: The version of the image that was asked for.

    Returns:
        Names and values, in the given order. An alias has the name that it stands for.

    Raises:
        UserError: A hyperparameter is missing, unknown or not valid. The message is the container's.
    """
    named = {_ALIASES.get(name, name): text for name, text in given.items()}
    for name in _REQUIRED:
        if name not in named:
            raise UserError(f"Missing required hyperparameter: {name}")
    rules, values = _rules_of(version), {}
    for name, text in named.items():
        if name not in rules:
            raise UserError(f"Extraneous hyperparameter found: {name}")
        values[name] = rules[name].read(name, text)
    for name, value in values.items():
        rules[name].check(name, value)
    _check_together(values)
    return values


def _check_together(values: Mapping[str, Any]) -> None:
    if "updater" in values:
        _check_updater(values["updater"], values.get("booster"), values.get("process_type"))
    if values.get("objective") in _TABLE["needs"]["num_class"] and "num_class" not in values:
        raise UserError("Require input for parameter 'num_class' for multi-classification")
    if "eval_metric" in values:
        _check_metrics(values["eval_metric"], values.get("objective", ""))
    for name, methods in _TABLE["needs"]["tree_method"].items():
        if name in values and values.get("tree_method") not in methods:
            raise UserError(
                f"{name} can be used only when the tree_method parameter is set to either "
                f"{_quoted(methods[:-1])} or '{methods[-1]}'."
            )
    if values.get("use_dask_gpu_training") == "true":
        raise UserError(
            "Some configurations unsuitable for Dask GPU training were found: Dask training is only "
            "available for multi-GPU training."
        )


def _check_updater(updaters: list[str], booster: str | None, process_type: str | None) -> None:
    if booster == "gblinear":
        if len(updaters) != 1 or updaters[0] not in _UPDATERS["linear"]:
            raise UserError(f"Linear updater should be one of these options: {_quoted(_UPDATERS['linear'])}.")
    elif process_type == "update":
        if not set(updaters) <= set(_UPDATERS["update"]):
            raise UserError("process_type 'update' can only be used with updater 'refresh' and 'prune'")
    elif not set(updaters) <= set(_TREE_UPDATERS):
        raise UserError(f"Tree updater should be selected from these options: {_quoted(_TREE_UPDATERS)}.")
    elif sum(updater in _UPDATERS["growers"] for updater in updaters) > 1:
        raise UserError(
            "Only one tree grow plugin can be selected. Choose one from the following: "
            f"{_quoted(_UPDATERS['growers'])}"
        )


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)


def _check_metrics(metrics: list[str], objective: str) -> None:
    needs = _TABLE["needs"]["objective"]
    if "auc" in metrics and not objective.startswith(tuple(needs["auc"])):
        raise UserError("Metric 'auc' can only be applied for classification and ranking problems.")
    if "aft-nloglik" in metrics and not objective.startswith(tuple(needs["aft-nloglik"])):
        raise UserError("Metric 'aft-nloglik' can only be applied for 'survival:aft' objective.")
