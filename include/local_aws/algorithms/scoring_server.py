"""The server of Amazon's own algorithms: `/ping`, `/execution-parameters` and `/invocations`."""

import json
import logging
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from werkzeug.http import parse_options_header
from werkzeug.wrappers import Request, Response

from include.local_aws.algorithms.inference_formats import (
    ACCEPTED,
    CONTENT_TYPES,
    Prediction,
    read_request,
    write_answer,
)

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_LOG = logging.getLogger(__name__)
_LARGEST_BODY = 6_291_456
_JSON = "application/json"


class Predictor(Protocol):
    """A trained model."""

    @property
    def width(self) -> int:
        """The number of features of a row."""

    def predict(self, features: np.ndarray[Any, Any], is_verbose: bool) -> Sequence[Prediction]:
        """Predicts each row; verbose answers tell more."""


def serve(predictor: Predictor) -> Callable[["WSGIEnvironment", "StartResponse"], Iterable[bytes]]:
    """Returns the server for a model."""
    logging.basicConfig(
        stream=sys.stdout, level=logging.INFO, format="[%(asctime)s %(levelname)s %(thread)d] %(message)s"
    )

    def respond(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        request = Request(environ)
        match (request.method, request.path):
            case ("GET", "/ping"):
                response = Response(status=HTTPStatus.OK)
            case ("GET", "/execution-parameters"):
                response = _execution_parameters()
            case ("POST", "/invocations"):
                response = _invocation(predictor, request)
            case _:
                response = Response(status=HTTPStatus.NOT_FOUND)
        return response(environ, start_response)

    return respond


def _execution_parameters() -> Response:
    parameters = {
        "MaxConcurrentTransforms": os.cpu_count(),
        "BatchStrategy": "MULTI_RECORD",
        "MaxPayloadInMB": _LARGEST_BODY // 1024**2,
    }
    return Response(json.dumps(parameters), mimetype=_JSON)


def _invocation(predictor: Predictor, request: Request) -> Response:
    if (request.content_length or 0) > _LARGEST_BODY:
        return Response(status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    content_type, options = parse_options_header(request.headers.get("Content-Type", ""))
    if content_type not in CONTENT_TYPES:
        return _refusal(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            f"Content type '{content_type}' is not supported. Supported are: {', '.join(CONTENT_TYPES)}.",
        )
    accept, accept_options = parse_options_header(request.headers.get("Accept", ""))
    accept = accept if accept not in ("", "*/*") else _JSON
    if accept not in ACCEPTED:
        return _refusal(
            HTTPStatus.NOT_ACCEPTABLE,
            f"Accept type '{accept}' is not supported. Supported are: {', '.join(ACCEPTED)}.",
        )
    try:
        features = read_request(request.get_data(), content_type, options, predictor.width)
    except ValueError as error:
        _LOG.error("customer error: %s", error)
        return _refusal(HTTPStatus.BAD_REQUEST, "unable to evaluate payload provided")
    predictions = predictor.predict(features, accept_options.get("verbose") == "true")
    return Response(write_answer(predictions, accept), HTTPStatus.OK, mimetype=accept)


def _refusal(status: HTTPStatus, message: str) -> Response:
    _LOG.error("%d %s", status, message)
    return Response(message, status, mimetype="text/plain")
