"""Answer requests with a script's model_fn, input_fn, predict_fn and output_fn, or its transform_fn.

Source: https://github.com/aws/sagemaker-containers: _transformer.py, _worker.py;
https://github.com/aws/sagemaker-scikit-learn-container: serving.py.
"""

import importlib
import json
import logging
import os
import sys
import traceback
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import InternalServerError
from werkzeug.wrappers import Request, Response

from local_aws.algorithms.script.encoding import TEXT_TYPES, encode
from local_aws.algorithms.script.serving_variables import ALGORITHM
from local_aws.algorithms.serving_routes import LARGEST_BODY, serving_application
from local_aws.errors import UnsupportedFormatError

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_LOG = logging.getLogger(__name__)
_JSON = "application/json"
_Transform = Callable[[Any, str | bytes, str, str], Any]


def application(model_dir: Path) -> "WSGIApplication":
    """Import the script that SAGEMAKER_PROGRAM names, load its model, and return the server for it.

    Raises:
        NotImplementedError: The script has no model_fn.
        ValueError: It has a transform_fn, and one of the functions that this stands for.
    """
    logging.basicConfig(
        stream=sys.stdout, level=logging.INFO, format="%(asctime)s %(levelname)s - %(name)s - %(message)s"
    )
    script = importlib.import_module(Path(os.environ["SAGEMAKER_PROGRAM"]).stem)
    transform = _transform_of(script)
    if not hasattr(script, "model_fn"):
        raise NotImplementedError("Please provide a model_fn implementation.")
    model = script.model_fn(str(model_dir))
    return serving_application(partial(_invocation, transform, model), LARGEST_BODY)


def _transform_of(script: Any) -> _Transform:
    """Return the function of model, content, its type, and the wanted type."""
    own = {name: getattr(script, name, None) for name in ("input_fn", "predict_fn", "output_fn")}
    if (transform := getattr(script, "transform_fn", None)) is not None:
        if any(own.values()):
            raise ValueError(
                "Cannot use transform_fn implementation with input_fn, predict_fn, and/or output_fn"
            )
        whole: _Transform = transform
        return whole
    algorithm = os.environ[ALGORITHM]
    defaults = importlib.import_module(f"local_aws.algorithms.script.defaults.{algorithm}")
    read = own["input_fn"] or defaults.decode
    predict = own["predict_fn"] or defaults.predict
    write = own["output_fn"] or _write

    def in_steps(model: Any, content: str | bytes, content_type: str, accept: str) -> Any:
        try:
            data = read(content, content_type)
        except UnsupportedFormatError as error:
            return _refusal(error, HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
        prediction = predict(data, model)
        try:
            return write(prediction, accept)
        except UnsupportedFormatError as error:
            return _refusal(error, HTTPStatus.NOT_ACCEPTABLE)

    return in_steps


def _write(prediction: Any, accept: str) -> Response:
    return Response(encode(prediction, accept), mimetype=accept)


def _refusal(error: Exception, status: HTTPStatus) -> Response:
    body = {
        "error": type(error).__name__,
        "error-message": str(error),
        "stack-trace": "".join(traceback.format_exception(error)),
    }
    return Response(json.dumps(body), status)


def _invocation(transform: _Transform, model: Any, request: Request) -> Response:
    content_type = request.headers.get("Content-Type", _JSON)
    accept = request.headers.get("Accept", "*/*")
    if accept in ("", "*/*"):
        accept = os.environ.get("SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT", _JSON)
    content = request.get_data(as_text=True) if content_type in TEXT_TYPES else request.get_data()
    try:
        return _response(transform(model, content, content_type, accept))
    except Exception:
        # What the script raises is its own matter: the log has it, and the caller the toolkit's answer.
        _LOG.exception("Exception on /invocations [POST]")
        return Response.force_type(InternalServerError().get_response())


def _response(result: Any) -> Response:
    """Return the answer for what a script's function returned: an answer, a body and its type, or a body."""
    if isinstance(result, Response):
        return result
    body, mimetype = result if isinstance(result, tuple) else (result, "text/html")
    if not isinstance(body, (str, bytes)):
        raise TypeError(
            f"The script answered with {type(body).__name__}; it has to be str, bytes, or one of them with "
            "its content type."
        )
    return Response(body, mimetype=mimetype)
