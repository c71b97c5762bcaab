"""Values as AWS JSON 1.1 answers carry them."""

import json
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape


def trim(value: Any, shape: Shape) -> Any:
    """Reduces a value to the members of an output shape. Members that are None are left out.

    Timestamps are epoch seconds already: the JSON 1.1 protocol's own form.
    """
    if isinstance(shape, StructureShape):
        return {
            name: trim(value[name], member)
            for name, member in shape.members.items()
            if value.get(name) is not None
        }
    if isinstance(shape, ListShape):
        return [trim(element, shape.member) for element in value]
    if isinstance(shape, MapShape):
        return {key: trim(element, shape.value) for key, element in value.items()}
    return value


def render(value: dict[str, Any], shape: Shape | None) -> bytes:
    """Renders an operation's result as the body of its answer; empty where the operation has no output."""
    return json.dumps(trim(value, shape)).encode() if shape is not None else b""
