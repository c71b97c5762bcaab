"""The SageMaker operations that moto answers: it accepts and remembers them, without any work behind them."""

import logging
from http import HTTPStatus
from io import BytesIO
from typing import TYPE_CHECKING

from moto.core.utils import camelcase_to_underscores
from moto.sagemaker.responses import SageMakerResponse
from werkzeug.wrappers import Request, Response

from local_aws.errors import AwsError

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_LOG = logging.getLogger(__name__)


def moto_has(operation: str) -> bool:
    """Tell whether moto has a SageMaker operation."""
    return camelcase_to_underscores(operation) in vars(SageMakerResponse)


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
