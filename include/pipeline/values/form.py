"""The Params of a whole Trigger form, checked."""

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from include.pipeline.errors import ParamError
from include.pipeline.values.faults import faults

Form = TypeVar("Form", bound=BaseModel)


def checked(form: type[Form], values: Mapping[str, Any]) -> Form:
    """Check the names, types and bounds of a run's Params.

    Args:
        form: Says what they are.
        values: By their names.

    Raises:
        ParamError: Params are not valid. One message names all of them.
    """
    try:
        return form.model_validate(dict(values))
    except ValidationError as error:
        raise ParamError(
            faults(error, form),
            "Params have the names, types and bounds of the Trigger form",
            "Correct them and trigger the run again",
        ) from None
