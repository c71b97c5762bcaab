"""An argument that is a parameter has to be of the argument's type, as AWS holds it."""

import json
from typing import Any

import pytest

from local_aws.errors import ValidationError
from local_aws.jobs.pipelines.argument_types import check_types
from local_aws.jobs.pipelines.definition import Definition

SIZE = {"Get": "Parameters.Size"}
AS_TEXT = {"Std:Join": {"On": "", "Values": [SIZE]}}


def check(kind: str, **arguments: Any) -> None:
    """Check a training step with a parameter of a type, in the branch of a condition."""
    training = {"Name": "Train", "Type": "Training", "Arguments": arguments}
    test = {"Type": "Equals", "LeftValue": SIZE, "RightValue": 1}
    asks = {
        "Name": "Ask",
        "Type": "Condition",
        "Arguments": {"Conditions": [test], "IfSteps": [training], "ElseSteps": []},
    }
    parameter = {"Name": "Size", "Type": kind}
    text = json.dumps({"Version": "2020-12-01", "Parameters": [parameter], "Steps": [asks]})
    check_types(Definition.parse(text))


@pytest.mark.parametrize(
    ("kind", "arguments", "wanted"),
    [
        ("Integer", {"HyperParameters": {"max_depth": SIZE}}, "String"),
        ("Float", {"HyperParameters": {"eta": SIZE}}, "String"),
        ("Boolean", {"Environment": {"A": SIZE}}, "String"),
        ("Integer", {"InputDataConfig": [{"ChannelName": SIZE}]}, "String"),
        ("String", {"ResourceConfig": {"InstanceCount": SIZE}}, "Integer"),
        ("Integer", {"EnableNetworkIsolation": SIZE}, "Boolean"),
    ],
)
def test_another_type_is_refused_in_the_words_of_aws(
    kind: str, arguments: dict[str, Any], wanted: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        check(kind, **arguments)
    assert caught.value.message == (
        f"Cannot assign property reference [Parameters.Size] to argument of type [{wanted}]."
    )


@pytest.mark.parametrize(
    ("kind", "arguments"),
    [
        ("String", {"HyperParameters": {"max_depth": SIZE}}),
        ("Integer", {"HyperParameters": {"max_depth": AS_TEXT}}),
        ("Integer", {"ResourceConfig": {"InstanceCount": SIZE}}),
        ("Boolean", {"EnableNetworkIsolation": SIZE}),
        # What the operation does not know is refused by name when the step runs.
        ("Integer", {"Unknown": {"Deep": [SIZE]}}),
    ],
)
def test_the_same_type_and_a_joined_text_pass(kind: str, arguments: dict[str, Any]) -> None:
    check(kind, **arguments)
