"""What becomes of each member of a request: acted on, refused by name, or without a meaning here."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import botocore.session
from botocore.model import ListShape, MapShape, ServiceModel, Shape, StructureShape
from werkzeug.datastructures import Headers

from local_aws.errors import ValidationError
from local_aws.protocol.service_model import service_model

Kind = Literal["acted_on", "no_meaning", "refused"]
_KINDS: tuple[Kind, ...] = ("acted_on", "no_meaning", "refused")


@dataclass(frozen=True, kw_only=True)
class MemberAnswer:
    """What becomes of some members."""

    kind: Kind
    reason: str = ""
    excepted: tuple[object, ...] = ()
    """The values that are not refused: they ask for nothing."""
    by_operation: bool = False
    """Whether the operation itself refuses them, in words of its own."""


@dataclass(frozen=True)
class MemberAnswers:
    """The table of `member_answers.toml`, with its bases and operations written out."""

    exact: Mapping[str, MemberAnswer] = field(default_factory=dict)
    """By the member's path: the operation and the names of members, with dots between them."""
    below: Mapping[str, MemberAnswer] = field(default_factory=dict)
    """By the path of a structure: what becomes of the members below it that have no answer of their own."""

    def of(self, path: str) -> MemberAnswer | None:
        """Return what becomes of a member: its own answer, or that of the nearest structure around it."""
        if (own := self.exact.get(path)) is not None:
            return own
        while "." in path:
            path = path.rpartition(".")[0]
            if (inherited := self.below.get(path)) is not None:
                return inherited
        return None


@cache
def runtime_model() -> ServiceModel:
    """Return botocore's model of SageMaker Runtime."""
    return botocore.session.get_session().get_service_model("sagemaker-runtime")


@cache
def input_shapes() -> dict[str, StructureShape]:
    """Return the input of every operation of SageMaker and of SageMaker Runtime that has one."""
    return {
        name: shape
        for model in (service_model(), runtime_model())
        for name in model.operation_names
        if (shape := model.operation_model(name).input_shape) is not None
    }


def _shape_at(shape: Shape, names: list[str]) -> Shape | None:
    """Return the shape of the member at some names below a shape. None where there is none."""
    while isinstance(shape, (ListShape, MapShape)):
        shape = shape.member if isinstance(shape, ListShape) else shape.value
    if not names:
        return shape
    if not isinstance(shape, StructureShape) or names[0] not in shape.members:
        return None
    return _shape_at(shape.members[names[0]], names[1:])


def _written_out(name: str, bases: Mapping[str, list[str]]) -> list[str]:
    """Return the paths that a name of the table stands for.

    Raises:
        LookupError: It stands for no member of any operation.
    """
    head, _, rest = name.partition(".")
    names = [f"{base}.{rest}".rstrip(".") for base in bases[head[1:]]] if head.startswith("@") else [name]
    found = []
    for one in names:
        pattern, *members = one.split(".")
        is_whole = members[-1:] == ["*"]
        operations = [operation for operation in input_shapes() if fnmatchcase(operation, pattern)]
        matching = [
            operation
            for operation in operations
            if _shape_at(input_shapes()[operation], members[:-1] if is_whole else members) is not None
        ]
        found += [".".join((operation, *members)) for operation in matching]
    if not found:
        raise LookupError(f"{name}: no operation has such a member")
    return found


@cache
def member_answers() -> MemberAnswers:
    """Read the table.

    Raises:
        LookupError: A name of it is of no member of the API, or two answers are given for one.
    """
    table = tomllib.loads(files(__package__).joinpath("member_answers.toml").read_text(encoding="utf-8"))
    # A name with a "*" in its operation yields to those that name the operation.
    general: dict[str, MemberAnswer] = {}
    precise: dict[str, MemberAnswer] = {}
    below: dict[str, MemberAnswer] = {}
    for kind in _KINDS:
        for entry in table[kind]:
            answer = MemberAnswer(
                kind=kind,
                reason=entry.get("reason", ""),
                excepted=tuple(entry.get("except", ())),
                by_operation=entry.get("by_operation", False),
            )
            for name in entry["members"]:
                answers = general if "*" in name.partition(".")[0] else precise
                for path in _written_out(name, table["bases"]):
                    whole = path.removesuffix(".*")
                    if whole in answers:
                        raise LookupError(f"{name}: there are two answers for {whole}")
                    answers[whole] = answer
                    if kind != "acted_on" or path.endswith(".*"):
                        below[whole] = answer
    return MemberAnswers({**general, **precise}, below)


def refuse_members(operation: str, request: object, shape: Shape | None) -> None:
    """Refuse the members of a request that local AWS would not act on.

    Args:
        operation: Its name.
        request: The parsed body, which is valid.
        shape: The operation's input shape. None for an operation without input.

    Raises:
        ValidationError: There is such a member. The message names it, and says what is there instead.
    """
    if shape is None:
        return
    for path, value in _given(request, shape, operation):
        _refuse(path, value)


def refuse_headers(headers: Headers) -> None:
    """Refuse the headers of InvokeEndpoint that local AWS would not act on.

    Raises:
        ValidationError: There is such a header.
    """
    shape = input_shapes()["InvokeEndpoint"]
    for name, member in shape.members.items():
        if member.serialization.get("location") == "header" and member.serialization["name"] in headers:
            _refuse(f"InvokeEndpoint.{name}", headers[member.serialization["name"]])


def _given(value: Any, shape: Shape, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(shape, StructureShape):
        for name, member in shape.members.items():
            if name in value:
                yield f"{path}.{name}", value[name]
                yield from _given(value[name], member, f"{path}.{name}")
    elif isinstance(shape, ListShape):
        for element in value:
            yield from _given(element, shape.member, path)
    elif isinstance(shape, MapShape):
        for element in value.values():
            yield from _given(element, shape.value, path)


def _refuse(path: str, value: object) -> None:
    answer = member_answers().of(path)
    if answer is not None and (answer.kind != "refused" or answer.by_operation):
        return
    # An empty list or map asks for nothing.
    if answer is not None and (value in answer.excepted or value in ([], {})):
        return
    operation, _, member = path.partition(".")
    shown = f" {value}" if isinstance(value, (str, bool, int, float)) else ""
    reason = answer.reason if answer is not None else "it is not known here. Leave it out"
    raise ValidationError(f"Local AWS has no {member}{shown} in {operation}: {reason}.")
