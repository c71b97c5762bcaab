"""The SageMaker operations that moto answers: records that it remembers, with no work behind them.

What would tell of work that nobody does is refused, such as compilation jobs that are `Completed` at once.
Which operation is which stands in `moto_operations.toml`.
"""

import logging
import tomllib
from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from importlib.resources import files
from io import BytesIO
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

from local_aws.errors import AwsError, ValidationError
from local_aws.state.resources import JsonObject

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_LOG = logging.getLogger(__name__)

# The members with which a record would stand for work, by operation.
_NOT_DONE_BY_MEMBER = {
    ("CreateNotebookInstance", "LifecycleConfigName"): "no instance starts, so its scripts would not run",
    ("CreateNotebookInstance", "DefaultCodeRepository"): "no instance starts to clone it",
    (
        "CreateNotebookInstance",
        "AdditionalCodeRepositories",
    ): "no instance starts to clone them",
}
# What moto's Search finds: its own records, and the kinds of which there are none.
_SEARCHED_BY_MOTO = (
    "Experiment",
    "ExperimentTrial",
    "ExperimentTrialComponent",
    "FeatureGroup",
    "Project",
    "Image",
    "ImageVersion",
)


@cache
def _table() -> Mapping[str, Any]:
    return tomllib.loads(files(__package__).joinpath("moto_operations.toml").read_text(encoding="utf-8"))


@cache
def passed_on() -> Mapping[str, str]:
    """Return the operations that moto answers: name to kind, `record` or `none` (see the table)."""
    table = _table()
    return {
        name: kind for kind in ("record", "none") for entry in table[kind] for name in entry["operations"]
    }


def refused() -> Mapping[str, str]:
    """Return the operations of moto that are refused: name to reason."""
    reasons: dict[str, str] = _table()["refused"]
    return reasons


def moto_has(operation: str) -> bool:
    """Tell whether an operation is one of moto's that the table knows."""
    return operation in passed_on() or operation in refused()


def refuse_undone(operation: str, request: JsonObject) -> None:
    """Refuse a request whose answer would tell of work that is not done, or of what moto cannot see.

    Args:
        operation: The name of an operation that moto has.
        request: A valid request for it.

    Raises:
        AwsError: `UnknownOperationException` for an operation, ValidationError for a member or a value.
    """
    if (why := refused().get(operation)) is not None:
        raise AwsError(
            "UnknownOperationException", f"Local AWS does not have SageMaker's {operation}: {why}."
        )
    for (of, member), reason in _NOT_DONE_BY_MEMBER.items():
        if of == operation and member in request:
            raise ValidationError(f"Local AWS has no {member} of {operation}: {reason}.")


def is_search_of_moto(operation: str, request: JsonObject) -> bool:
    """Tell whether a request searches what moto keeps."""
    return operation == "Search" and request["Resource"] in _SEARCHED_BY_MOTO


def answer_of_moto(moto: "WSGIApplication", operation: str, request: Request) -> bytes:
    """Let moto answer a request.

    Args:
        moto: moto's WSGI application.
        operation: The name of an operation that moto has.
        request: A valid request for the operation.

    Returns:
        The body of moto's answer.

    Raises:
        AwsError: moto refuses the request, or `InternalFailure`: moto fails. The status of InternalFailure is
            one that SDKs do not retry.
    """
    environ = {**request.environ, "wsgi.input": BytesIO(request.get_data())}
    try:
        answer = Response.from_app(moto, environ, buffered=True)
    except Exception as error:
        _LOG.exception("%s failed inside moto", operation)
        raise _failure(operation, repr(error)) from error
    body = answer.get_data()
    document = answer.get_json(force=True, silent=True) if body else {}
    if answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR or document is None:
        raise _failure(operation, f"HTTP {answer.status_code}")
    if answer.status_code >= HTTPStatus.BAD_REQUEST:
        code = document["__type"].rpartition("#")[2]
        raise AwsError(code, document.get("message") or document.get("Message") or "", answer.status_code)
    return body


def _failure(operation: str, reason: str) -> AwsError:
    return AwsError("InternalFailure", f"{operation} failed inside moto, whose operation it is: {reason}")
