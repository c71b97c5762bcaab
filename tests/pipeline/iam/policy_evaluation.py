"""Judges requests by IAM policies, as AWS does for a policy with statements that allow.

Rules: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

Values = str | tuple[str, ...]


@dataclass(frozen=True)
class AccessRequest:
    """One permission that a call needs."""

    action: str
    resource: str
    context: Mapping[str, Values] = field(default_factory=dict)
    """Condition keys of the request. A key that is not there is absent from the request, too."""


def is_allowed(policy: Mapping[str, Any], request: AccessRequest) -> bool:
    """Tell whether a statement allows it."""
    return any(_applies(statement, request) for statement in policy["Statement"])


def _applies(statement: Mapping[str, Any], request: AccessRequest) -> bool:
    assert statement["Effect"] == "Allow"
    return (
        any(_matches(action.lower(), request.action.lower()) for action in _listed(statement["Action"]))
        and any(_matches(resource, request.resource) for resource in _listed(statement["Resource"]))
        and all(
            _holds(operator, _listed(expected), request.context.get(key))
            for operator, keys in statement.get("Condition", {}).items()
            for key, expected in keys.items()
        )
    )


def _holds(operator: str, expected: tuple[str, ...], found: Values | None) -> bool:
    if operator == "Null":
        return (found is None) == (expected == ("true",))
    quantifier, _, name = operator.rpartition(":")
    compare = _OPERATORS[name]
    if quantifier == "ForAllValues":
        return all(compare(value, expected) for value in _listed(found or ()))
    if quantifier == "ForAnyValue":
        return any(compare(value, expected) for value in _listed(found or ()))
    # A key with one value. One that is absent fulfils nothing.
    assert not quantifier
    return isinstance(found, str) and compare(found, expected)


_OPERATORS: dict[str, Callable[[str, tuple[str, ...]], bool]] = {
    "StringEquals": lambda found, expected: found in expected,
    "StringLike": lambda found, expected: any(_matches(pattern, found) for pattern in expected),
    "ArnLike": lambda found, expected: any(_matches(pattern, found) for pattern in expected),
    "Bool": lambda found, expected: found.lower() in expected,
    "NumericLessThanEquals": lambda found, expected: any(float(found) <= float(most) for most in expected),
}


def _matches(pattern: str, text: str) -> bool:
    parts = (
        ".*" if part == "*" else "." if part == "?" else re.escape(part)
        for part in re.split(r"([*?])", pattern)
    )
    return re.fullmatch("".join(parts), text, re.DOTALL) is not None


def _listed(values: Values | Iterable[str]) -> tuple[str, ...]:
    return (values,) if isinstance(values, str) else tuple(values)
