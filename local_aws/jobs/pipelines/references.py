"""What the arguments of a step refer to: parameters, the execution, and properties of steps before it.

Source: developer guide, "Pipelines JSON schema": `Get`, `Std:Join` and `Std:JsonGet`.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from local_aws.errors import NoSuchObjectError, ValidationError
from local_aws.state.resources import JsonObject
from local_aws.storage.objects import S3Url, Storage

# One part of a path: a name, ['a name'], or [a number].
_PART = re.compile(r"\.?([^.\[\]'\"]+)|\[['\"]([^'\"]*)['\"]\]|\[(\d+)\]")


def _parts(path: str) -> list[str | int]:
    found = []
    end = 0
    for part in _PART.finditer(path):
        if part.start() != end:
            break
        end = part.end()
        found.append(int(part[3]) if part[3] is not None else part[1] or part[2])
    if end != len(path) or not found:
        raise ValidationError(f"Local AWS cannot read the path {path} of a pipeline.")
    return found


def names_in(value: Any, kind: str) -> frozenset[str]:
    """Return the names of the parameters (`Parameters`) or steps (`Steps`) that a value refers to."""
    return frozenset(str(parts[1]) for parts in _references(value) if parts[0] == kind and len(parts) > 1)


def _references(value: Any) -> Iterator[list[str | int]]:
    if isinstance(value, dict):
        if value.keys() == {"Get"} and isinstance(value["Get"], str):
            yield _parts(value["Get"])
        for element in value.values():
            yield from _references(element)
    elif isinstance(value, list):
        for element in value:
            yield from _references(element)


@dataclass(frozen=True, kw_only=True)
class References:
    """What an execution knows when a step begins."""

    parameters: JsonObject
    """The values of the pipeline's parameters."""
    execution: JsonObject
    """What `Execution.` leads to."""
    properties: Callable[[str], JsonObject]
    """Returns what `Steps.<name>.` leads to: the answer of the Describe operation."""
    property_file: Callable[[str, str], S3Url]
    """Returns the place of a step's property file, by the names of both."""
    storage: Storage

    def resolved(self, value: Any) -> Any:
        """Return a value in which all that it refers to is written out.

        Raises:
            ValidationError: It refers to what is not there.
        """
        if isinstance(value, list):
            return [self.resolved(element) for element in value]
        if not isinstance(value, dict):
            return value
        if value.keys() == {"Get"}:
            return self._get(value["Get"])
        if value.keys() == {"Std:Join"}:
            joined = value["Std:Join"]
            return joined["On"].join(_text(self.resolved(element)) for element in joined["Values"])
        if value.keys() == {"Std:JsonGet"}:
            return self._json_get(value["Std:JsonGet"])
        return {name: self.resolved(element) for name, element in value.items()}

    def _get(self, path: str) -> Any:
        kind, name, *rest = _parts(path)
        if kind == "Steps":
            return _at(self.properties(str(name)), rest, path)
        known = {"Parameters": self.parameters, "Execution": self.execution}.get(str(kind), {})
        return _at(known, [name, *rest], path)

    def _json_get(self, asked: JsonObject) -> Any:
        if "S3Uri" in asked:
            place = S3Url.parse(self.resolved(asked["S3Uri"]))
        else:
            _, step, _, file = _parts(asked["PropertyFile"]["Get"])
            place = self.property_file(str(step), str(file))
        try:
            document = json.loads(self.storage.read(place))
        except NoSuchObjectError as error:
            raise ValidationError(f"Std:JsonGet: there is no {error}") from error
        except ValueError as error:
            raise ValidationError(f"Std:JsonGet: {place} is not JSON") from error
        return _at(document, _parts(asked["Path"]), asked["Path"])


def _at(value: Any, parts: list[str | int], path: str) -> Any:
    for part in parts:
        try:
            if isinstance(value, list) and isinstance(part, str):
                # Lists of outputs and channels are read by the name of the element.
                value = next(one for one in value if part in _names(one))
            else:
                value = value[part]
        except (KeyError, IndexError, TypeError, StopIteration) as error:
            raise ValidationError(f"{path} leads nowhere: there is no {part}.") from error
    return value


def _names(element: Any) -> list[Any]:
    return (
        [value for name, value in element.items() if name.endswith("Name")]
        if isinstance(element, dict)
        else []
    )


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
