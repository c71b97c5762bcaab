"""Answer for the services that are not SageMaker's: by moto, whose failures get the form of its API.

moto's own server shows a failure, and what it does not have, as a page of HTML, which no SDK can read.
"""

import logging
import re
from collections.abc import Iterable
from functools import cache
from http import HTTPStatus
from typing import TYPE_CHECKING

import botocore.session
from werkzeug.wrappers import Request, Response

from local_aws.errors import AwsError
from local_aws.protocol.signatures.claim import form_of
from local_aws.protocol.signatures.refusals import as_answer
from local_aws.protocol.signatures.request_headers import SentRequest

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_LOG = logging.getLogger(__name__)
_SCOPE = re.compile(r"Credential=[^/]+/\d+/[^/]+/([^/]+)/aws4_request")
_PAGE = re.compile(rb"\s*<(!doctype html|html)", re.IGNORECASE)
# The services whose requests are signed as SageMaker's, and which have paths instead of targets.
_BESIDE_SAGEMAKER = (
    "sagemaker-featurestore-runtime",
    "sagemaker-a2i-runtime",
    "sagemaker-edge",
    "sagemaker-metrics",
)


@cache
def _routes() -> list[tuple[str, re.Pattern[str], str]]:
    """Return method, path and name of the operations of the services beside SageMaker."""
    session, routes = botocore.session.get_session(), []
    for service in _BESIDE_SAGEMAKER:
        model = session.get_service_model(service)
        for name in model.operation_names:
            route = model.operation_model(name).http
            pattern = re.sub(r"\\{[^/]+?\\}", "[^/]+", re.escape(route["requestUri"].partition("?")[0]))
            routes.append((route["method"], re.compile(pattern), f"{service}'s {name}"))
    return routes


def absent_operation(request: Request) -> AwsError:
    """Return the error for a request that is signed as SageMaker's and is of no operation that is there."""
    for method, path, name in _routes():
        if request.method == method and path.fullmatch(request.path):
            return AwsError("UnknownOperationException", f"Local AWS does not have {name}.")
    return AwsError(
        "UnknownOperationException",
        f"Local AWS has no SageMaker operation at {request.method} {request.path}.",
    )


def answer_of_other_service(
    moto: "WSGIApplication", environ: "WSGIEnvironment", start_response: "StartResponse"
) -> Iterable[bytes]:
    """Let moto answer a request. Where it fails, or has no such service, tell that as the service would.

    Args:
        moto: moto's WSGI application.
        environ: The request.
        start_response: WSGI's own. It is called once, before this returns.

    Returns:
        The body of the answer.
    """
    told: list[tuple[str, list[tuple[str, str]]]] = []

    def note(status: str, headers: list[tuple[str, str]], exc_info: object = None, /) -> object:  # noqa: ARG001
        told.append((status, headers))
        return told.append

    try:
        answer = moto(environ, note)  # type: ignore[arg-type] # moto writes through what it returns alone
    except Exception as error:
        _LOG.exception("%s failed inside moto", environ["PATH_INFO"])
        return _failure(Request(environ), repr(error))(environ, start_response)
    status, headers = told[-1]
    kind = next((value for name, value in headers if name.lower() == "content-type"), "")
    code = int(status[:3])
    if code >= HTTPStatus.BAD_REQUEST and kind.startswith("text/html"):
        # moto also gives this type to errors of S3 that have no body, and to some that are XML.
        answer = [b"".join(answer)]
        if _PAGE.match(answer[0]):
            return _failure(Request(environ), f"HTTP {status}")(environ, start_response)
    start_response(status, headers)
    return answer


def _failure(request: Request, reason: str) -> Response:
    """Return the error answer in the form of the service's protocol, with a status that no SDK retries."""
    scope = _SCOPE.search(request.headers.get("Authorization", ""))
    service = scope[1] if scope else "s3"
    message = f"Local AWS cannot answer this request of {service}: moto, whose service it is, said {reason}."
    error = AwsError("InternalFailure", message, HTTPStatus.NOT_IMPLEMENTED)
    form = form_of(SentRequest(request.environ))
    if form == "query" and request.mimetype != "application/x-www-form-urlencoded":
        # A service with paths, and neither S3 nor one that takes forms, answers in JSON.
        form = "rest-json"
    return as_answer(error, form, request.method)
