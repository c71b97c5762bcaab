"""What SageMaker may answer: members that its API knows, or the error that a test expects."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.model import ListShape, MapShape, Shape, StructureShape


def assert_only_members_of(value: Any, shape: Shape, path: str = "answer") -> None:
    """Fail where a JSON answer has a member that the output shape has not, or lacks a required one."""
    if isinstance(shape, StructureShape):
        assert set(value) <= set(shape.members), path
        assert set(shape.required_members) <= set(value), path
        for name, member in value.items():
            assert_only_members_of(member, shape.members[name], f"{path}.{name}")
    elif isinstance(shape, ListShape):
        for element in value:
            assert_only_members_of(element, shape.member, f"{path}[]")
    elif isinstance(shape, MapShape):
        for element in value.values():
            assert_only_members_of(element, shape.value, f"{path}{{}}")
    elif shape.type_name == "timestamp":
        assert isinstance(value, float), path
    elif enum := shape.metadata.get("enum"):
        assert value in enum, path


def check_answer(operation_model: Any, response_dict: dict[str, Any], **_: Any) -> None:
    """Check a raw SageMaker answer before botocore parses it."""
    if response_dict["status_code"] == 200 and operation_model.output_shape is not None:
        assert_only_members_of(json.loads(response_dict["body"]), operation_model.output_shape)


def refused(call: Any, **request: Any) -> tuple[str, str]:
    """Return code and message of the error that a call must raise."""
    with pytest.raises(ClientError) as caught:
        call(**request)
    return caught.value.response["Error"]["Code"], caught.value.response["Error"]["Message"]
