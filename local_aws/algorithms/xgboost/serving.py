"""Answer `/ping`, `/execution-parameters` and `/invocations` as the built-in XGBoost container does."""

import json
import logging
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from werkzeug.exceptions import InternalServerError
from werkzeug.http import parse_options_header
from werkzeug.wrappers import Request, Response

from local_aws.algorithms.image_rules import IMAGE_VARIABLE
from local_aws.algorithms.serving_routes import LARGEST_BODY, serving_application
from local_aws.algorithms.toolkit.number_lines import write_lines
from local_aws.algorithms.xgboost.inference_output import encode, select, selected_keys
from local_aws.algorithms.xgboost.library import xgboost
from local_aws.algorithms.xgboost.model import Model
from local_aws.algorithms.xgboost.request_data import parse
from local_aws.errors import UserError

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_LOG = logging.getLogger(__name__)
_CSV = "text/csv"
_JSON = "application/json"
# The images before 1.2-2, which answer all rows in one line of CSV, whatever Accept asks for (serve.py at
# their tags). The code of the first two is not public; AWS's notebooks for them read such answers.
_IN_ONE_LINE = ("xgboost:1", "xgboost:latest", "sagemaker-xgboost:1.0-1", "sagemaker-xgboost:1.2-1")
_ACCEPTED = [_JSON, "application/jsonlines", "application/x-recordio-protobuf", _CSV]


@dataclass(frozen=True)
class Settings:
    """What the model's environment asks of the server."""

    largest_body: int = LARGEST_BODY
    """The largest body of a request, in bytes."""
    default_accept: str = _CSV
    """The type of an answer to a request that asks for none."""
    selected: list[str] | None = None
    """The keys of selectable inference. None where it is not asked for."""
    is_batch: bool = False
    """Whether a transform job sends the requests."""
    is_ensemble: bool = True
    """Whether several model files predict together."""
    is_in_one_line: bool = False
    """Whether all predictions stand in one line, as in the answers of old images."""

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Self:
        """Read the environment variables of the image's contract."""
        wanted = environment.get("SAGEMAKER_INFERENCE_OUTPUT")
        return cls(
            largest_body=int(environment.get("MAX_CONTENT_LENGTH", LARGEST_BODY)),
            default_accept=environment.get("SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT", _CSV),
            selected=None if wanted is None else selected_keys(wanted),
            is_batch=bool(environment.get("SAGEMAKER_BATCH")),
            is_ensemble=environment.get("SAGEMAKER_INFERENCE_ENSEMBLE", "true") == "true",
            is_in_one_line=environment.get(IMAGE_VARIABLE) in _IN_ONE_LINE,
        )


def application(model_dir: Path) -> "WSGIApplication":
    """Load the model files in a directory and return the server for them.

    Raises:
        ValueError: There is no model file, or one is empty.
    """
    logging.basicConfig(
        stream=sys.stdout, level=logging.INFO, format="[%(asctime)s:%(levelname)s] %(message)s"
    )
    settings = Settings.of(os.environ)
    model = Model.load(model_dir, settings.is_ensemble)
    _LOG.info("Model loaded successfully")

    return serving_application(partial(_invocation, model, settings), settings.largest_body)


def _invocation(model: Model, settings: Settings, request: Request) -> Response:
    payload = request.get_data()
    if not payload:
        return Response(status=HTTPStatus.NO_CONTENT)
    try:
        predictions = model.predict(parse(payload, request.headers.get("Content-Type")))
    except UserError as error:
        return _refusal(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, str(error))
    except xgboost.core.XGBoostError as error:
        return _refusal(HTTPStatus.BAD_REQUEST, f"Unable to evaluate payload provided: {error}")
    return _answer(model, settings, predictions, _accepted(request, settings))


def _accepted(request: Request, settings: Settings) -> str:
    accept, _ = parse_options_header(request.headers.get("Accept", ""))
    return settings.default_accept if accept in ("", "*/*") else accept.lower()


def _answer(model: Model, settings: Settings, predictions: Any, accept: str) -> Response:
    if accept not in _ACCEPTED:
        return _refusal(
            HTTPStatus.NOT_ACCEPTABLE,
            f"Accept type {accept} is not supported. Please use supported accept types: {_ACCEPTED}.",
        )
    if settings.selected is None:
        return _plain(predictions, settings, accept)
    return _selected(model, settings, settings.selected, predictions, accept)


def _refusal(status: HTTPStatus, message: str) -> Response:
    _LOG.error("%d %s", status, message)
    return Response(message, status, mimetype="text/html")


def _selected(model: Model, settings: Settings, keys: list[str], predictions: Any, accept: str) -> Response:
    try:
        selection = select(predictions, keys, model.objective, model.classes)
    except ValueError as error:
        return _refusal(HTTPStatus.INTERNAL_SERVER_ERROR, str(error))
    body = encode(selection, keys, accept)
    if settings.is_batch and accept == _CSV:
        body = f"{body!s}\n"
    return Response(body, HTTPStatus.OK, mimetype=accept)


def _plain(predictions: Any, settings: Settings, accept: str) -> Response:
    body: str | bytes
    if predictions.ndim == 1 and (settings.is_batch or (accept == _CSV and not settings.is_in_one_line)):
        body = write_lines(predictions)
    elif settings.is_batch:
        body = "".join(f"{prediction}\n" for prediction in predictions.tolist())
    elif settings.is_in_one_line:
        return Response(",".join(map(str, predictions.tolist())), HTTPStatus.OK, mimetype=_CSV)
    elif accept == _JSON:
        body = json.dumps({"predictions": [{"score": prediction} for prediction in predictions.tolist()]})
    elif accept == _CSV:
        body = "".join(f"{','.join(map(str, prediction))}\n" for prediction in predictions.tolist())
    else:
        # The container accepts the type, and then cannot write it: only selectable inference can.
        _LOG.error("Content type %s is not supported by this framework.", accept)
        return Response.force_type(InternalServerError().get_response())
    return Response(body, HTTPStatus.OK, mimetype=accept)
