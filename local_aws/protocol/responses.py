"""Values as AWS JSON 1.1 answers carry them."""

from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape


def trim(value: Any, shape: Shape) -> Any:
    """Reduce a value to the members of an output shape. Members that are None are left out.

    Timestamps stay as they are: epoch seconds are also the form of the JSON 1.1 protocol.
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
