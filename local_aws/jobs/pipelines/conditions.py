"""The conditions of a Condition step. Source: developer guide, "Pipelines steps", Condition step."""

from collections.abc import Callable, Mapping
from operator import eq, ge, gt, le, lt
from typing import Any

from local_aws.errors import ValidationError
from local_aws.state.resources import JsonObject

_COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "Equals": eq,
    "GreaterThan": gt,
    "GreaterThanOrEqualTo": ge,
    "LessThan": lt,
    "LessThanOrEqualTo": le,
}


def is_true(condition: JsonObject, resolved: Callable[[Any], Any]) -> bool:
    """Tell whether a condition is true.

    Args:
        condition: As the definition has it.
        resolved: Writes out what a value refers to.

    Raises:
        ValidationError: It is none of those that there are, or its values have no order.
    """
    kind = str(condition.get("Type"))
    if kind == "Not":
        return not is_true(condition["Expression"], resolved)
    if kind == "Or":
        return any(is_true(one, resolved) for one in condition["Conditions"])
    if kind == "In":
        return resolved(condition["QueryValue"]) in [resolved(value) for value in condition["Values"]]
    if kind not in _COMPARISONS:
        raise ValidationError(
            f"Local AWS has no condition {kind}; it has {', '.join(_COMPARISONS)}, In, Not and Or."
        )
    left, right = resolved(condition["LeftValue"]), resolved(condition["RightValue"])
    try:
        return _COMPARISONS[kind](left, right)
    except TypeError as error:
        raise ValidationError(f"{kind} cannot compare {left!r} with {right!r}.") from error
