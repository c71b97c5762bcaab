"""The requests that SageMaker sends to a serving container, and the answer to each.

Source: "Use your own inference code with hosting services", and "with batch transform", in the SageMaker
developer guide.
"""

import json
import os
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING

from werkzeug.wrappers import Request, Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

LARGEST_BODY = 6_291_456
_MEBIBYTE = 1024**2


def serving_application(invoke: Callable[[Request], Response], largest_body: int) -> "WSGIApplication":
    """Return the WSGI application of a serving container.

    Args:
        invoke: Answers a request to `/invocations`.
        largest_body: The largest body of a request to `/invocations`, in bytes.
    """

    def respond(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        request = Request(environ)
        match (request.method, request.path):
            case ("GET", "/ping"):
                response = Response(status=HTTPStatus.OK)
            case ("GET", "/execution-parameters"):
                response = _execution_parameters(largest_body)
            case ("POST", "/invocations") if (request.content_length or 0) > largest_body:
                response = Response(status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            case ("POST", "/invocations"):
                response = invoke(request)
            case _:
                response = Response(status=HTTPStatus.NOT_FOUND)
        return response(environ, start_response)

    return respond


def _execution_parameters(largest_body: int) -> Response:
    parameters = {
        "MaxConcurrentTransforms": os.cpu_count(),
        "BatchStrategy": "MULTI_RECORD",
        "MaxPayloadInMB": largest_body // _MEBIBYTE,
    }
    return Response(json.dumps(parameters), mimetype="application/json")
