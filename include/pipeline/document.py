"""What travels between tasks or is stored, and is read back by this version or a later one."""

import json
from collections.abc import Mapping
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from include.pipeline.errors import DocumentError


class Document(BaseModel):
    """A record that outlives the code that wrote it.

    A field that is added has a default, which says what runs did before. A field that is not known here,
    because a later version wrote it, is left out.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", use_attribute_docstrings=True)

    @classmethod
    def read(cls, content: bytes | Mapping[str, Any], where: str) -> Self:
        """Read what this version or an earlier one wrote.

        Args:
            content: JSON, or what Airflow made of it on its way between tasks.
            where: It was found, for the message.

        Raises:
            DocumentError: A later version wrote it in another form, or it is damaged.
        """
        try:
            found = json.loads(content) if isinstance(content, bytes) else content
            # Params and the table's configuration refuse unknown names where people write them: not here.
            return cls.model_validate(found, extra="ignore")
        except ValidationError as error:
            raise _unreadable(cls, error, where) from None
        except (ValueError, RecursionError) as error:
            raise DocumentError(
                f"{where} is not JSON ({error})", f"it holds a {cls.__name__}", _MEND
            ) from None


_MEND = "Use the version of this project that wrote it, or delete it"


def _unreadable(kind: type[Document], error: ValidationError, where: str) -> DocumentError:
    # Without the values, which may hold a password.
    faults = error.errors(include_url=False, include_input=True)
    for fault in faults:
        # A number that no integer holds has no other to be held against.
        if fault["loc"] == ("schema_version",) and "ctx" in fault:
            return DocumentError(
                f"{where} has schema_version {fault['input']!r}",
                f"this version of the project reads schema_version {fault['ctx']['expected']}",
                _MEND,
            )
    found = "; ".join(
        f"{'.'.join(str(part) for part in fault['loc']) or kind.__name__}: {fault['msg']}" for fault in faults
    )
    return DocumentError(f"{where} cannot be read ({found})", f"it holds a {kind.__name__}", _MEND)
