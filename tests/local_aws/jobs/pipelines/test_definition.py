"""Definitions that are none are refused, with the place."""

import json
from typing import Any

import pytest

from local_aws.errors import ValidationError
from local_aws.jobs.pipelines.definition import Definition


def step(name: str, *needs: str, **members: Any) -> dict[str, Any]:
    return {"Name": name, "Type": "Training", "Arguments": {}, "DependsOn": list(needs), **members}


def condition(name: str, yes: list[dict[str, Any]], *needs: str, left: Any = 1) -> dict[str, Any]:
    test = {"Type": "Equals", "LeftValue": left, "RightValue": 1}
    return step(
        name, *needs, Type="Condition", Arguments={"Conditions": [test], "IfSteps": yes, "ElseSteps": []}
    )


def text(*steps: dict[str, Any], **members: Any) -> str:
    return json.dumps({"Version": "2020-12-01", "Steps": steps, **members})


def test_a_step_waits_for_what_it_names_and_for_what_its_arguments_refer_to() -> None:
    reads = {"Uri": {"Std:Join": {"On": "/", "Values": [{"Get": "Steps.first.Outputs['a.b'].Uri"}, "c"]}}}
    inner = step("inner", Arguments={"File": {"Get": "Steps.second.Name"}})
    parsed = Definition.parse(
        text(step("first"), step("second", Arguments=reads), step("third", "first"), condition("if", [inner]))
    )
    needs = {one.name: one.needs for one in parsed.all_steps()}
    # What the steps of a branch refer to is no matter of the condition.
    assert needs == {
        "first": set(),
        "second": {"first"},
        "third": {"first"},
        "if": set(),
        "inner": {"second"},
    }


def test_what_it_has_no_field_for_is_known_unless_it_is_null() -> None:
    """The SDK writes null for what it leaves out."""
    parsed = Definition.parse(text(step("a", Retries=2, Cache=None), MlflowConfig=None, Schedule="daily"))
    assert (parsed.unknown, parsed.steps[0].unknown) == (["Schedule"], ["Retries"])


@pytest.mark.parametrize(
    ("definition", "message"),
    [
        ("nonsense", "the document: Invalid JSON"),
        ("{}", "Version: Field required"),
        (text(step("a", Type=3)), "Steps.0.Type: Input should be a valid string"),
        (text(step("a b")), "Steps.0.Name: String should match pattern"),
        (text(step("a"), condition("if", [step("a")])), "step names must be unique."),
        (text(step("a", "b")), "step a refers to b, which it does not define."),
        (
            text(step("a", Arguments={"Size": {"Get": "Parameters.Size"}})),
            "step a refers to Size, which it does not define.",
        ),
        (text(step("a", "b"), step("b", "a"), step("c")), "the steps a, b wait for each other."),
        (
            text(condition("if", [step("a")], left={"Get": "Steps.a.Outcome"})),
            "the steps if, a wait for each other.",
        ),
        (text(Parameters=[{"Name": "P", "Type": "Date"}]), "Parameters.0.Type: Input should be 'String'"),
    ],
)
def test_what_is_no_definition_is_refused(definition: str, message: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Definition.parse(definition)
    assert caught.value.message.startswith(f"The pipeline definition is not valid: {message}")
