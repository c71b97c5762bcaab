"""The server of Amazon's own algorithms: from the rows of a request to the answer."""

import logging
import sys
from collections.abc import Sequence
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from werkzeug.http import parse_options_header
from werkzeug.wrappers import Request, Response

from local_aws.algorithms.inference_formats import (
    ACCEPTED,
    CONTENT_TYPES,
    Prediction,
    read_request,
    write_answer,
)
from local_aws.algorithms.serving_routes import LARGEST_BODY, serving_application

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_LOG = logging.getLogger(__name__)
_JSON = "application/json"


class Predictor(Protocol):
    """A trained model."""

    @property
    def width(self) -> int:
        """The number of features of a row."""

    def predict(self, features: np.ndarray[Any, Any], is_verbose: bool) -> Sequence[Prediction]:
        """Predict each row. A verbose answer holds more."""


def serve(predictor: Predictor) -> "WSGIApplication":
    """Return the server for a model."""
    logging.basicConfig(
        stream=sys.stdout, level=logging.INFO, format="[%(asctime)s %(levelname)s %(thread)d] %(message)s"
    )

    return serving_application(partial(_invocation, predictor), LARGEST_BODY)


def _invocation(predictor: Predictor, request: Request) -> Response:
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
