"""The subset of JSONPath that the filters of batch transform have.

Source: "Associate Prediction Results with Input Records", Supported JSONPath Operators.
"""

import re
from dataclasses import dataclass
from typing import Any, Self

from local_aws.errors import JsonPathError

_NUMBER = r"-?\d+"
_STEP = re.compile(
    r"\.(?P<child>[^.,:*'\[\]$]+)"
    r"|(?:\.\*|\.?\[ *(?P<all>\*) *\])"
    r"|\.?\[ *(?P<names>'[^']+'(?: *, *'[^']+')*) *\]"
    rf"|\.?\[ *(?P<indexes>{_NUMBER}(?: *, *{_NUMBER})*) *\]"
    rf"|\.?\[ *(?P<first>{_NUMBER})? *: *(?P<last>{_NUMBER})? *\]"
)


@dataclass(frozen=True)
class _Children:
    names: tuple[str, ...]


@dataclass(frozen=True)
class _Elements:
    indexes: tuple[int, ...]


@dataclass(frozen=True)
class _Section:
    first: int
    last: int


@dataclass(frozen=True)
class _All:
    pass


_Step = _Children | _Elements | _Section | _All


@dataclass(frozen=True)
class JsonPath:
    """A parsed expression."""

    steps: tuple[_Step, ...]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse an expression, for instance `$`, `$.id`, `$['id','score']`, `$[0,-1]` or `$[1:4]`.

        Raises:
            JsonPathError: The expression is not of this subset.
        """
        if not text.startswith("$"):
            raise JsonPathError("a JsonPath begins with $")
        steps: list[_Step] = []
        position = 1
        while position < len(text):
            found = _STEP.match(text, position)
            if found is None:
                raise JsonPathError(_not_understood(text[position:]))
            if steps and _selects_an_object(steps[-1]):
                raise JsonPathError("nothing can follow several names in brackets")
            steps.append(_step(found))
            position = found.end()
        return cls(tuple(steps))

    @property
    def is_root(self) -> bool:
        """Whether it selects the whole value."""
        return not self.steps

    @property
    def is_of_columns(self) -> bool:
        """Whether it selects elements of a row. A row has no names, and nothing below its elements."""
        return len(self.steps) <= 1 and not any(isinstance(step, _Children) for step in self.steps)

    def select(self, value: Any) -> Any:
        """Return the selected part of a JSON value: one element, a list, or an object of several names.

        Raises:
            JsonPathError: The value does not have that part.
        """
        return _select(value, self.steps)


def _not_understood(text: str) -> str:
    if ":" in text and "," in text:
        return (
            f"only single range filters of format (eg: [1:5]) are supported. Format {text} is not supported"
        )
    return (
        f"cannot parse \"{text}\". Supported are .name, *, ['name','name'], [number,number] and [start:end]"
    )


def _selects_an_object(step: _Step) -> bool:
    return isinstance(step, _Children) and len(step.names) > 1


def _step(found: re.Match[str]) -> _Step:
    if (child := found["child"]) is not None:
        return _Children((child.strip(),))
    if (names := found["names"]) is not None:
        return _Children(tuple(re.findall(r"'([^']+)'", names)))
    if (indexes := found["indexes"]) is not None:
        return _Elements(tuple(map(int, indexes.split(","))))
    if ":" in found[0]:
        # Unlike in most JSONPaths, a section includes both its ends: "$[1:4] specifies the second through
        # fifth columns".
        return _Section(int(found["first"] or 0), int(found["last"] or -1))
    return _All()


def _select(value: Any, steps: tuple[_Step, ...]) -> Any:
    if not steps:
        return value
    step, rest = steps[0], steps[1:]
    match step:
        case _Children((name,)):
            return _select(_child(value, name), rest)
        case _Elements((index,)):
            return _select(value[_position(value, index)], rest)
        case _Children(names):
            return {name: _child(value, name) for name in names}
        case several:
            return [_select(element, rest) for element in _elements(value, several)]


def _elements(value: Any, step: _Elements | _Section | _All) -> list[Any]:
    match step:
        case _Elements(indexes):
            return [value[_position(value, index)] for index in indexes]
        case _Section(first, last):
            return list(value[_position(value, first) : _position(value, last) + 1])
        case _All() if isinstance(value, dict | list):
            return list(value.values() if isinstance(value, dict) else value)
    raise JsonPathError("there is nothing below a plain value")


def _child(value: Any, name: str) -> Any:
    if not isinstance(value, dict) or name not in value:
        raise JsonPathError(f"there is no attribute '{name}'")
    return value[name]


def _position(value: Any, index: int) -> int:
    """Return the position of an element, counted from the front."""
    if not isinstance(value, list):
        raise JsonPathError(f"index {index} asks for an element of what is no array")
    position = index + len(value) if index < 0 else index
    if not 0 <= position < len(value):
        raise JsonPathError(f"index {index} is out of range: there are {len(value)} elements")
    return position
