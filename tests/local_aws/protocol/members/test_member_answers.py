"""Every member of every request that local AWS answers itself has an answer, and none is silently ignored."""

from collections import Counter
from typing import Any

import pytest
from botocore.model import ListShape, MapShape, Shape, StructureShape

from local_aws.errors import ValidationError
from local_aws.protocol.members import member_answers as module
from local_aws.protocol.members.member_answers import member_answers, refuse_members
from tests.local_aws.protocol.members.request_members import MEMBERS, OURS, input_shape


def some_value(shape: Shape) -> Any:
    """Return a value that asks for something: no false, no empty list, no excepted value."""
    if isinstance(shape, ListShape):
        return [some_value(shape.member)]
    if isinstance(shape, StructureShape):
        return {}
    if isinstance(shape, MapShape):
        return {"key": some_value(shape.value)}
    return {"boolean": True, "string": "something", "blob": "something"}.get(shape.type_name, 7)


def request_with(path: str, shape: Shape) -> dict[str, Any]:
    """Build a request that holds one member, however deep, and nothing beside it."""
    operation, *names = path.split(".")

    def inside(around: Shape, left: list[str]) -> Any:
        if isinstance(around, ListShape):
            return [inside(around.member, left)]
        if isinstance(around, MapShape):
            return {"key": inside(around.value, left)}
        if not left:
            return some_value(shape)
        assert isinstance(around, StructureShape)
        return {left[0]: inside(around.members[left[0]], left[1:])}

    def value(around: Shape, left: list[str]) -> Any:
        assert isinstance(around, StructureShape)
        return {left[0]: some_value(shape) if len(left) == 1 else inside(around.members[left[0]], left[1:])}

    return value(input_shape(operation), names)


def test_no_member_is_silently_ignored() -> None:
    """Print the number of members by answer: `pytest -s`."""
    answers = {path: member_answers().of(path) for path in MEMBERS}
    counts = Counter("silently ignored" if answer is None else answer.kind for answer in answers.values())
    print(f"\n{len(MEMBERS)} members of {len(OURS)} operations: {dict(counts)}")
    assert [path for path, answer in answers.items() if answer is None] == []
    assert len(MEMBERS) > 1300
    assert set(counts) == {"acted_on", "no_meaning", "refused"}


def refused_by_the_table() -> list[str]:
    found = []
    for path, shape in MEMBERS.items():
        answer = member_answers().of(path)
        is_structure = isinstance(shape, StructureShape)
        if answer is not None and answer.kind == "refused" and not answer.by_operation and not is_structure:
            found.append(path)
    return found


def test_what_the_table_refuses_is_refused_by_its_name() -> None:
    refused = [path for path in refused_by_the_table() if not path.startswith("InvokeEndpoint.")]
    assert len(refused) > 300
    for path in refused:
        operation = path.partition(".")[0]
        request = request_with(path, MEMBERS[path])
        with pytest.raises(ValidationError) as caught:
            refuse_members(operation, request, input_shape(operation))
        # The first member on the way that is refused is named: the member itself, or what it lies in.
        told = caught.value.message.removeprefix("Local AWS has no ").split(" ")[0]
        assert path.startswith(f"{operation}.{told}"), (path, caught.value.message)
        assert f" in {operation}: " in caught.value.message


def test_what_the_table_does_not_refuse_passes() -> None:
    for path, shape in MEMBERS.items():
        operation = path.partition(".")[0]
        names = path.split(".")
        way = [member_answers().of(".".join(names[: end + 1])) for end in range(1, len(names))]
        if all(answer is not None and (answer.kind != "refused" or answer.by_operation) for answer in way):
            refuse_members(operation, request_with(path, shape), input_shape(operation))


@pytest.mark.parametrize("kind", ["no_meaning", "refused"])
def test_each_answer_gives_its_reason(kind: str) -> None:
    answers = member_answers()
    for path, answer in (*answers.exact.items(), *answers.below.items()):
        if answer.kind == kind:
            assert len(answer.reason) > 10, path


@pytest.mark.parametrize(
    "name",
    [
        "CreateTrainingJob.Absent",
        "Absent.RoleArn",
        "Create*.Absent",
        "@base.Absent",
        "CreateModel.Tags.Key.X",
    ],
)
def test_a_name_that_is_no_member_is_an_error(name: str) -> None:
    with pytest.raises(LookupError):
        module._written_out(name, {"base": ["CreateModel"]})


def test_a_member_that_a_later_api_adds_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = module.MemberAnswers({}, {})
    monkeypatch.setattr(module, "member_answers", lambda: answers)
    with pytest.raises(ValidationError) as caught:
        refuse_members("CreateModel", {"ModelName": "m"}, input_shape("CreateModel"))
    assert caught.value.message == (
        "Local AWS has no ModelName m in CreateModel: it is not known here. Leave it out."
    )


def test_an_empty_list_and_an_excepted_value_ask_for_nothing() -> None:
    request = {
        "ProductionVariants": [{"EnableSSMAccess": False}],
        "ShadowProductionVariants": [],
        "DataCaptureConfig": {"EnableCapture": False, "InitialSamplingPercentage": 1},
    }
    refuse_members("CreateEndpointConfig", request, input_shape("CreateEndpointConfig"))
