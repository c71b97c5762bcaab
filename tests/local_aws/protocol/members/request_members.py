"""Every member of every request that local AWS answers itself, at every depth, by botocore's model."""

from collections.abc import Iterator

from botocore.model import ListShape, MapShape, Shape, StructureShape

from local_aws.protocol.members.member_answers import runtime_model
from local_aws.protocol.service_model import service_model
from local_aws.server.operations import OPERATIONS

OF_RUNTIME = ("InvokeEndpoint", "InvokeEndpointAsync")
OURS = [*OPERATIONS, *OF_RUNTIME]


def input_shape(operation: str) -> StructureShape:
    model = runtime_model() if operation in OF_RUNTIME else service_model()
    shape = model.operation_model(operation).input_shape
    assert isinstance(shape, StructureShape)
    return shape


def walk(shape: Shape, path: str, around: frozenset[str] = frozenset()) -> Iterator[tuple[str, Shape]]:
    """Yield path and shape of every member, at every depth. A shape inside itself is not entered again."""
    if isinstance(shape, StructureShape):
        for name, member in shape.members.items():
            yield f"{path}.{name}", member
            if member.name not in around:
                yield from walk(member, f"{path}.{name}", around | {member.name})
    elif isinstance(shape, ListShape):
        yield from walk(shape.member, path, around | {shape.member.name})
    elif isinstance(shape, MapShape):
        yield from walk(shape.value, path, around | {shape.value.name})


MEMBERS = {path: shape for operation in OURS for path, shape in walk(input_shape(operation), operation)}
