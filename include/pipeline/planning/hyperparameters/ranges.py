"""What a tuning job may choose: as the image takes it, and as SageMaker does."""

import math
from collections.abc import Iterator, Mapping
from itertools import combinations, product
from typing import Any

from include.pipeline.documents.training.algorithm import AlgorithmName
from include.pipeline.documents.training.tune import Range, TuneSettings
from include.pipeline.planning.hyperparameters.image_rules import ImageRules, Type

_SCALES = {"auto": "Auto", "linear": "Linear", "logarithmic": "Logarithmic"}


def range_faults(
    tune: TuneSettings, given: Mapping[str, str], algorithm: AlgorithmName, version: str
) -> list[str]:
    """Name what is wrong with ranges, whichever values a trial has from them.

    Args:
        tune: The pipeline's.
        given: Hyperparameters of the Params, which each trial has.
        algorithm: Which the pipeline trains with.
        version: Of its image.
    """
    rules = ImageRules.of(version, algorithm)
    if rules is None:
        return [f"tune (the rules of image {version} are not known, nor what a tuning job may choose there)"]
    faults = []
    for name, each in tune.ranges.items():
        known = rules.aliases.get(name, name)
        if known not in rules.tunable:
            faults.append(f"tune.ranges.{name} (a tuning job may choose {', '.join(rules.tunable)})")
        elif name in given:
            faults.append(
                f"{name} = {given[name]!r} (tune.ranges of the pipeline's YAML chooses it: leave it out)"
            )
        elif not each.values and rules.hyperparameters[known].type not in ("integer", "number"):
            faults.append(f"tune.ranges.{name} (is no number: give a list of values)")
    if faults or tune.strategy == "grid":
        return faults
    most = math.prod(_size(each, _type(name, rules)) for name, each in tune.ranges.items())
    if most < tune.max_jobs:
        faults.append(f"tune.max_jobs = {tune.max_jobs} (the ranges have {most:.0f} combinations)")
    return faults


def tried(tune: TuneSettings | None) -> Iterator[dict[str, str]]:
    """Yield values that trials may have: each end of a range, with each end of each other one.

    So a rule that binds two of them is met before anything is bought; one that binds three fails the trials
    that break it, and no other. Without ranges, the one trial has none.
    """
    ends = {name: each.ends for name, each in tune.ranges.items()} if tune else {}
    first = {name: values[0] for name, values in ends.items()}
    yield first
    for pair in combinations(ends, min(len(ends), 2)) if ends else ():
        for values in product(*(ends[name] for name in pair)):
            yield first | dict(zip(pair, values, strict=True))


def parameter_ranges(tune: TuneSettings, algorithm: AlgorithmName, version: str) -> dict[str, Any]:
    """Write ranges as `ParameterRanges`, once they are checked.

    Raises:
        LookupError: They are not.
    """
    rules = ImageRules.of(version, algorithm)
    if rules is None:
        raise LookupError(f"image {version}")
    found: dict[str, list[dict[str, Any]]] = {}
    for name, each in tune.ranges.items():
        if each.values:
            found.setdefault("Categorical", []).append({"Name": name, "Values": list(each.ends)})
            continue
        low, high = each.ends
        kind = "Integer" if _type(name, rules) == "integer" else "Continuous"
        told = {"Name": name, "MinValue": low, "MaxValue": high, "ScalingType": _SCALES[each.scale]}
        found.setdefault(kind, []).append(told)
    return {f"{kind}ParameterRanges": ranges for kind, ranges in found.items()}


def _type(name: str, rules: ImageRules) -> Type:
    return rules.hyperparameters[rules.aliases.get(name, name)].type


def _size(each: Range, kind: Type) -> float:
    if each.values:
        return len(each.values)
    # The image has seen by now that both are whole numbers.
    low, high = (float(end) for end in each.ends)
    return high - low + 1 if kind == "integer" else math.inf
