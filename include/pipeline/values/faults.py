"""What is wrong with values that somebody wrote, in words that repeat no text of theirs."""

import difflib
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError

_MEMBERS_TOLD = 10
# Of a field or a hyperparameter; what else stands in its place may be a URL.
_PLAIN_NAME = re.compile(r"[A-Za-z0-9_.\[\]-]{0,64}")


def faults(error: "ValidationError", model: "type[BaseModel]") -> str:
    """Name each value at fault in a pydantic error, and what is wrong with it, on one line.

    Numbers are told. Text is not: whichever field it was written into, it may be a password.
    """
    found = []
    for fault in error.errors(include_url=False):
        name = ".".join(_told_name(str(part)) for part in fault["loc"])
        if not fault["loc"]:
            found.append(fault["msg"])
        elif fault["type"] == "extra_forbidden":
            close = difflib.get_close_matches(name, model.model_fields, n=1)
            hint = f", did you mean {close[0]!r}?" if close else ""
            found.append(f"{name!r} is unknown{hint}")
        elif fault["type"] == "missing":
            found.append(f"{name!r} is missing")
        else:
            found.append(f"{name} = {_told(fault['input'])} ({fault['msg']})")
    return "; ".join(found)


def _told_name(name: str) -> str:
    return name if _PLAIN_NAME.fullmatch(name) else f"[a name of {len(name)} characters]"


def _told(value: object, depth: int = 1) -> str:
    match value:
        case None | bool() | int() | float() | "":
            return repr(value)
        case str():
            return f"text of {len(value)} characters"
        case dict() if depth and len(value) <= _MEMBERS_TOLD:
            members = [f"{_told_name(str(name))!r}: {_told(one, 0)}" for name, one in value.items()]
            return f"{{{', '.join(members)}}}"
        case dict():
            return f"a dictionary of {len(value)}"
        case list() | tuple():
            return f"a list of {len(value)}"
    return f"a {type(value).__name__}"
