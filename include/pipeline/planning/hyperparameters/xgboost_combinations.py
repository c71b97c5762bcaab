"""Hyperparameters that the image takes one by one, and refuses or fails on together.

Source: `hyperparameter_validation.py` of https://github.com/aws/sagemaker-xgboost-container and the checks in
https://github.com/dmlc/xgboost, src/, at each version. None depends on the data.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from include.pipeline.planning.hyperparameters.image_rules import ImageRules

# https://xgboost.readthedocs.io/en/stable/parameter.html: error is error@0.5.
_THRESHOLD_OF_ERROR = 0.5
_FEWEST_BINS = 2


@dataclass(frozen=True)
class Training:
    """What a job trains with."""

    values: Mapping[str, Any]
    """The hyperparameters that are valid one by one, as the image reads them."""
    rules: ImageRules
    """Of the image's version."""
    instances: int
    """How many train together."""
    has_gpu: bool
    """Whether they have one."""

    @property
    def tree_method(self) -> str:
        """The tree method; `auto` where none is given."""
        return str(self.values.get("tree_method", "auto"))

    @property
    def is_exact(self) -> bool:
        """Whether the trees are grown by the exact method."""
        updaters = self.values.get("updater")
        return "grow_colmaker" in updaters if updaters else self.tree_method == "exact"

    @property
    def is_linear(self) -> bool:
        """Whether there are no trees."""
        return self.values.get("booster") == "gblinear"


def combination_faults(training: Training) -> Iterator[str]:
    """Name what cannot go together, and why."""
    yield from _updaters(training)
    yield from _constraints(training)
    yield from _metrics(training)
    yield from _trees(training)
    yield from _hardware(training)


def _updaters(training: Training) -> Iterator[str]:
    updaters, rules = training.values.get("updater"), training.rules
    if updaters is None:
        return
    shown = f"updater = {','.join(updaters)!r}"
    growers = {*rules.updaters("growers"), "grow_skmaker"}
    if training.is_linear:
        if len(updaters) != 1 or updaters[0] not in rules.updaters("linear"):
            yield f"{shown} (with booster = gblinear it is one of {', '.join(rules.updaters('linear'))})"
    elif updaters[0] not in growers or sum(updater in growers for updater in updaters) > 1:
        yield f"{shown} (the first, and no other, grows the trees: {', '.join(rules.updaters('growers'))})"
    elif any(updater in rules.updaters("linear") for updater in updaters):
        yield f"{shown} ({' and '.join(rules.updaters('linear'))} are for booster = gblinear)"


def _constraints(training: Training) -> Iterator[str]:
    values, rules = training.values, training.rules
    for name, methods in rules.tree_methods_needed.items():
        if name in values and training.tree_method not in methods:
            yield f"{name} (needs tree_method = {' or '.join(methods)})"
    interactions = any(values.get("interaction_constraints", []))
    if interactions and not rules.is_before("1.5-1"):
        yield (
            "interaction_constraints (from image 1.5-1 on XGBoost wants columns' names there, and the image "
            "takes numbers alone: leave it out, or take image 1.3-1)"
        )
    if values.get("monotone_constraints") and rules.version == "1.5-1":
        yield "monotone_constraints (image 1.5-1 fails on it: take an older or a newer one)"


def _metrics(training: Training) -> Iterator[str]:
    values, rules = training.values, training.rules
    objective = values.get("objective", "")
    for metric, starts in rules.objectives_needed.items():
        if metric in values.get("eval_metric", ()) and not objective.startswith(tuple(starts)):
            kinds = " or ".join(f"{start}..." if start.endswith(":") else start for start in starts)
            yield f"eval_metric = {metric!r} (needs an objective {kinds})"
    if "early_stopping_rounds" not in values:
        return
    if training.is_linear:
        yield "early_stopping_rounds (booster = gblinear cannot go back to its best round)"
    metric = values.get("eval_metric", [""])[-1]
    if metric.startswith("error@") and metric != (named := _as_xgboost_names(metric)):
        yield f"eval_metric = {metric!r} (early_stopping_rounds finds it as {named!r} alone)"


def _as_xgboost_names(metric: str) -> str:
    threshold = float(metric.partition("@")[2])
    return "error" if threshold == _THRESHOLD_OF_ERROR else f"error@{threshold:g}"


def _trees(training: Training) -> Iterator[str]:
    values, rules = training.values, training.rules
    if "max_bin" in values and values["max_bin"] < _FEWEST_BINS:
        yield f"max_bin = {values['max_bin']} (XGBoost needs at least {_FEWEST_BINS})"
    if values.get("max_depth") == 0 and not training.is_linear:
        yield from _unlimited_depth(training)
    if values.get("sampling_method") == "gradient_based":
        if rules.is_before("3.2-0") and training.tree_method != "gpu_hist":
            yield "sampling_method = gradient_based (before image 3.2-0 needs tree_method = gpu_hist)"
        elif training.is_exact:
            yield "sampling_method = gradient_based (the exact tree method samples uniformly alone)"


def _unlimited_depth(training: Training) -> Iterator[str]:
    values, rules = training.values, training.rules
    histogram = training.tree_method in ("hist", "gpu_hist")
    if training.is_exact:
        yield "max_depth = 0 (the exact tree method needs a depth)"
    elif rules.is_before("1.7-1"):
        if not histogram or values.get("grow_policy") != "lossguide" or not values.get("max_leaves"):
            yield (
                "max_depth = 0 (before image 1.7-1 needs tree_method = hist, grow_policy = lossguide and "
                "max_leaves)"
            )
    elif rules.is_before("3.0-5") and training.tree_method == "auto" and "updater" not in values:
        yield "max_depth = 0 (with image 1.7-1 needs tree_method = hist or approx)"


def _hardware(training: Training) -> Iterator[str]:
    values, method = training.values, training.tree_method
    if training.instances > 1 and training.is_exact and not training.is_linear:
        yield "the exact tree method (trains on one instance: take another, or training_instance_count = 1)"
    if not training.has_gpu and method == "gpu_hist":
        yield "tree_method = gpu_hist (needs a training_instance_type with a GPU)"
    if not training.has_gpu and values.get("predictor") == "gpu_predictor":
        yield "predictor = gpu_predictor (needs a training_instance_type with a GPU)"
    if not training.has_gpu and "deterministic_histogram" in values:
        yield "deterministic_histogram (has an effect on a GPU alone)"
    if values.get("use_dask_gpu_training") == "true":
        methods = ("gpu_hist",) if training.rules.is_before("3.0-5") else ("gpu_hist", "hist")
        if not training.has_gpu or method not in methods or training.instances > 1:
            yield (
                "use_dask_gpu_training (needs a training_instance_type with GPUs, tree_method = "
                f"{' or '.join(methods)}, and training_instance_count = 1: the pipeline shards the rows)"
            )
