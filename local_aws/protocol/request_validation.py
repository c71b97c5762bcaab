"""Check requests as AWS checks them. Every rule comes from botocore's model of the service."""

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StringShape, StructureShape
from pydantic_core import SchemaError, SchemaValidator, ValidationError, core_schema

from local_aws import errors

_JSON_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "blob": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "long": (int,),
    "float": (int, float),
    "double": (int, float),
    "timestamp": (int, float),
    "list": (list,),
    "structure": (dict,),
    "map": (dict,),
}
_TYPE_NAMES = {
    "string": "String",
    "blob": "Blob",
    "boolean": "Boolean",
    "integer": "Integer",
    "long": "Long",
    "float": "Float",
    "double": "Double",
    "timestamp": "Timestamp",
}


def validate(request: object, shape: Shape | None) -> None:
    """Check a request's JSON value against the input shape of its operation.

    Unknown members are ignored, as AWS ignores them.

    Args:
        request: The parsed body, without members that are null.
        shape: The structure of the input. None for an operation without input.

    Raises:
        AwsError: `SerializationException` for a wrong JSON type. `ValidationException` for all other
            violations together, in one message in AWS's words.
    """
    if shape is None:
        return
    _check_types(request, shape)
    violations = [
        f"Value {_quoted(value)} at '{path}' failed to satisfy constraint: {rule}"
        for path, value, rule in _violations(request, shape, "")
    ]
    if violations:
        plural = "" if len(violations) == 1 else "s"
        raise errors.ValidationError(
            f"{len(violations)} validation error{plural} detected: {'; '.join(violations)}"
        )


def missing_member(path: str) -> errors.ValidationError:
    """Return AWS's error for a member that is required by a rule outside of the model."""
    return errors.ValidationError(
        f"1 validation error detected: Value null at '{path}' failed to satisfy constraint: "
        "Member must not be null"
    )


def _check_types(value: object, shape: Shape) -> None:
    is_misplaced_bool = isinstance(value, bool) and shape.type_name != "boolean"
    if not isinstance(value, _JSON_TYPES[shape.type_name]) or is_misplaced_bool:
        raise errors.AwsError("SerializationException", _misplaced(value, shape))
    if isinstance(shape, StructureShape) and isinstance(value, dict):
        for name, member in shape.members.items():
            if name in value:
                _check_types(value[name], member)
    elif isinstance(shape, ListShape) and isinstance(value, list):
        for element in value:
            _check_types(element, shape.member)
    elif isinstance(shape, MapShape) and isinstance(value, dict):
        for element in value.values():
            _check_types(element, shape.value)


def _misplaced(value: object, shape: Shape) -> str:
    if value is None:
        return "Null value found where not expected"
    if isinstance(value, list):
        return "Start of list found where not expected"
    if isinstance(value, dict):
        return "Start of structure or map found where not expected."
    if shape.type_name in ("structure", "map"):
        return f"Expected {'map' if shape.type_name == 'map' else 'structure'} or null"
    if shape.type_name == "list":
        return "Expected list or null"
    token = {bool: f"{str(value).upper()}_VALUE", str: "STRING_VALUE"}.get(type(value), "NUMBER_VALUE")
    return f"{token} can not be converted to {_TYPE_NAMES[shape.type_name]}"


def _violations(value: Any, shape: Shape, path: str) -> Iterator[tuple[str, object, str]]:
    if isinstance(shape, StructureShape):
        for name, member in shape.members.items():
            member_path = f"{path}.{_lower_camel(name)}" if path else _lower_camel(name)
            if name in value:
                yield from _violations(value[name], member, member_path)
            elif name in shape.required_members:
                yield member_path, None, "Member must not be null"
        return
    yield from ((path, value, rule) for rule in _broken_rules(value, shape))
    if isinstance(shape, ListShape):
        for position, element in enumerate(value, start=1):
            yield from _violations(element, shape.member, f"{path}.{position}.member")
    elif isinstance(shape, MapShape):
        yield from _map_violations(value, shape, path)


def _map_violations(value: dict[str, Any], shape: MapShape, path: str) -> Iterator[tuple[str, object, str]]:
    for part, part_shape, elements in (
        ("keys", shape.key, value.keys()),
        ("value", shape.value, value.values()),
    ):
        if isinstance(part_shape, StringShape):
            if any(_broken_rules(element, part_shape) for element in elements):
                rules = ", ".join(rule for _, rule in _rules(part_shape))
                yield path, value, f"Map {part} must satisfy constraint: [{rules}]"
        else:
            for key, element in value.items():
                yield from _violations(element, part_shape, f"{path}.{key}.member")


def _broken_rules(value: Any, shape: Shape) -> list[str]:
    return [rule for holds, rule in _rules(shape) if not holds(value)]


@cache
def _rules(shape: Shape) -> list[tuple[Callable[[Any], bool], str]]:
    """Return the constraints of a scalar, list or map shape: a check of a value, and AWS's words for it."""
    rules: list[tuple[Callable[[Any], bool], str]] = []
    limits = shape.metadata
    has_length = shape.type_name in ("string", "blob", "list", "map")
    measured = "length" if has_length else "value"
    measure: Callable[[Any], float] = len if has_length else float
    if (most := limits.get("max")) is not None:
        rule = f"Member must have {measured} less than or equal to {most}"
        rules.append((lambda value: measure(value) <= most, rule))
    if (least := limits.get("min")) is not None:
        rule = f"Member must have {measured} greater than or equal to {least}"
        rules.append((lambda value: measure(value) >= least, rule))
    if "enum" in limits:
        members = limits["enum"]
        rules.append(
            (lambda value: value in members, f"Member must satisfy enum value set: [{', '.join(members)}]")
        )
    if "pattern" in limits:
        matches = pattern_check(limits["pattern"])
        if matches is not None:
            rules.append((matches, f"Member must satisfy regular expression pattern: {limits['pattern']}"))
    return rules


@cache
def pattern_check(pattern: str) -> Callable[[str], bool] | None:
    r"""Return a function that tells whether a text fully matches one of AWS's Java patterns.

    Python's `re` does not have Unicode classes (`\p{L}`). Rust's engine, which comes with pydantic, has them.

    Returns:
        The function. None for the few patterns that neither engine can read: such members are not checked.
    """
    try:
        compiled = re.compile(pattern)
    except re.error:
        try:
            validator = SchemaValidator(core_schema.str_schema(pattern=rf"\A(?:{pattern})\z"))
        except SchemaError:
            return None
        return lambda value: _passes(validator, value)
    return lambda value: compiled.fullmatch(value) is not None


def _passes(validator: SchemaValidator, value: str) -> bool:
    try:
        validator.validate_python(value)
    except ValidationError:
        return False
    return True


def _lower_camel(name: str) -> str:
    return name[0].lower() + name[1:]


def _quoted(value: object) -> str:
    """Return a value as AWS's Java prints it."""
    if value is None:
        return "null"
    if isinstance(value, list):
        return f"'[{', '.join(map(str, value))}]'"
    if isinstance(value, dict):
        return "'{" + ", ".join(f"{key}={element}" for key, element in value.items()) + "}'"
    return f"'{value}'"
