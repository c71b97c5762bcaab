"""The types of the parameters that the arguments of steps refer to.

AWS refuses a definition in which an argument is of another type: so HyperParameters, which are texts, take no
parameter of type Integer as it is, but joined to a text. Source of the words: issue 4867 of
github.com/aws/sagemaker-python-sdk.
"""

from collections.abc import Iterator
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from local_aws.errors import ValidationError
from local_aws.jobs.pipelines.definition import Definition
from local_aws.jobs.pipelines.references import names_in
from local_aws.jobs.pipelines.steps import OPERATIONS
from local_aws.protocol.service_model import service_model

# The name of an argument's type in AWS's message, and the types of parameters that it takes.
_TAKES = {
    "string": ("String", ("String",)),
    "integer": ("Integer", ("Integer",)),
    "long": ("Long", ("Integer",)),
    "float": ("Float", ("Float", "Integer")),
    "double": ("Double", ("Float", "Integer")),
    "boolean": ("Boolean", ("Boolean",)),
}


def check_types(definition: Definition) -> None:
    """Hold every argument that is a parameter to the type that the step's operation takes there.

    Raises:
        ValidationError: One is of another type.
    """
    types = {parameter.name: parameter.type for parameter in definition.parameters}
    for step in definition.all_steps():
        operation = OPERATIONS.get(step.type)
        if operation is None:
            continue
        shape = service_model().operation_model(operation).input_shape
        for reference, argument in _references(step.arguments, shape):
            wanted, takes = _TAKES.get(argument.type_name, ("", ()))
            (name,) = names_in(reference, "Parameters")
            if takes and types[name] not in takes:
                raise ValidationError(
                    f"Cannot assign property reference [{reference['Get']}] to argument of type [{wanted}]."
                )


def _references(value: Any, shape: Shape | None) -> Iterator[tuple[dict[str, str], Shape]]:
    """Yield each argument that is a parameter as a whole, with the shape of what is to be there."""
    if isinstance(value, dict):
        if names_in(value, "Parameters") and value.keys() == {"Get"} and shape is not None:
            yield value, shape
            return
        for name, element in value.items():
            inside = shape.members.get(name) if isinstance(shape, StructureShape) else None
            yield from _references(element, shape.value if isinstance(shape, MapShape) else inside)
    elif isinstance(value, list):
        for element in value:
            yield from _references(element, shape.member if isinstance(shape, ListShape) else None)
