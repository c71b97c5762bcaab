"""The server of Amazon's own algorithms: from the rows of a request to the answer."""

import logging
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from werkzeug.http import parse_options_header
from werkzeug.wrappers import Request, Response

from local_aws.algorithms.serving_routes import LARGEST_BODY, serving_application
from local_aws.algorithms.toolkit.inference_formats import (
    ACCEPTED,
    CONTENT_TYPES,
    JSON,
    Prediction,
    read_request,
    write_answer,
)

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class AnswerForm:
    """What an algorithm's server takes and answers."""

    content_types: tuple[str, ...] = CONTENT_TYPES
    """The content types of requests."""
    accepted: tuple[str, ...] = ACCEPTED
    """The content types of answers."""
    root: str = "predictions"
    """The name of the list of predictions in JSON."""
    is_sparse: bool = False
    """Whether the model takes rows as a CSR matrix too, as sparse requests have them."""


class Predictor(Protocol):
    """A trained model."""

    @property
    def width(self) -> int:
        """The number of features of a row."""

    def predict(self, features: Any, is_verbose: bool) -> Sequence[Prediction]:
        """Predict each row. A verbose answer holds more."""


def serve(predictor: Predictor, form: AnswerForm | None = None) -> "WSGIApplication":
    """Return the server for a model."""
    logging.basicConfig(
        stream=sys.stdout, level=logging.INFO, format="[%(asctime)s %(levelname)s %(thread)d] %(message)s"
    )

    return serving_application(partial(_invocation, predictor, form or AnswerForm()), LARGEST_BODY)


def _invocation(predictor: Predictor, form: AnswerForm, request: Request) -> Response:
    content_type, options = parse_options_header(request.headers.get("Content-Type", ""))
    if content_type not in form.content_types:
        supported = ", ".join(form.content_types)
        return _refusal(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            f"Content type '{content_type}' is not supported. Supported are: {supported}.",
        )
    accept, accept_options = parse_options_header(request.headers.get("Accept", ""))
    accept = accept if accept not in ("", "*/*") else JSON
    if accept not in form.accepted:
        return _refusal(
            HTTPStatus.NOT_ACCEPTABLE,
            f"Accept type '{accept}' is not supported. Supported are: {', '.join(form.accepted)}.",
        )
    try:
        features = read_request(request.get_data(), content_type, options, predictor.width)
    except ValueError as error:
        _LOG.error("customer error: %s", error)
        return _refusal(HTTPStatus.BAD_REQUEST, "unable to evaluate payload provided")
    if not (form.is_sparse or isinstance(features, np.ndarray)):
        features = features.toarray()
    predictions = predictor.predict(features, accept_options.get("verbose") == "true")
    return Response(write_answer(predictions, accept, form.root), HTTPStatus.OK, mimetype=accept)


def _refusal(status: HTTPStatus, message: str) -> Response:
    _LOG.error("%d %s", status, message)
    return Response(message, status, mimetype="text/plain")
