"""Conditions, held against the operators of Python."""

from typing import Any

import pytest

from local_aws.errors import ValidationError
from local_aws.jobs.pipelines.conditions import is_true


def compare(kind: str, left: Any, right: Any) -> dict[str, Any]:
    return {"Type": kind, "LeftValue": left, "RightValue": right}


@pytest.mark.parametrize("left", [1, 2, 3])
def test_comparisons(left: int) -> None:
    for kind, expected in (
        ("Equals", left == 2),
        ("GreaterThan", left > 2),
        ("GreaterThanOrEqualTo", left >= 2),
        ("LessThan", left < 2),
        ("LessThanOrEqualTo", left <= 2),
    ):
        # What is referred to is written out first.
        assert is_true(compare(kind, left, "two"), lambda value: 2 if value == "two" else value) is expected


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"Type": "In", "QueryValue": "b", "Values": ["a", "b"]}, True),
        ({"Type": "In", "QueryValue": "c", "Values": ["a", "b"]}, False),
        ({"Type": "Not", "Expression": compare("Equals", 1, 2)}, True),
        ({"Type": "Or", "Conditions": [compare("Equals", 1, 2), compare("Equals", 2, 2)]}, True),
        ({"Type": "Or", "Conditions": [compare("Equals", 1, 2)]}, False),
    ],
)
def test_the_others(condition: dict[str, Any], expected: bool) -> None:
    assert is_true(condition, lambda value: value) is expected


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        (compare("Near", 1, 2), "Local AWS has no condition Near; it has Equals, GreaterThan"),
        (compare("LessThan", "a", 2), "LessThan cannot compare 'a' with 2."),
    ],
)
def test_what_cannot_be_told(condition: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError) as caught:
        is_true(condition, lambda value: value)
    assert caught.value.message.startswith(message)
