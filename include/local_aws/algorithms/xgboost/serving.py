"""Answers `/ping` and `/invocations` with the bytes and statuses of the built-in XGBoost container."""

import csv
import json
import logging
import sys
from collections.abc import Callable, Iterable
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import csr_matrix  # type: ignore[import-untyped]
from werkzeug.http import parse_options_header
from werkzeug.wrappers import Request, Response

from include.local_aws.algorithms.xgboost.library import xgboost

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_LOG = logging.getLogger(__name__)
_LARGEST_BODY = 6_291_456
_SNIFFED = 512
_CSV = "text/csv"
_LIBSVM = ("text/libsvm", "text/x-libsvm")


def application(model_dir: Path) -> Callable[["WSGIEnvironment", "StartResponse"], Iterable[bytes]]:
    """Loads the one model file below a directory and returns the server for it.

    Raises:
        ValueError: There is not exactly one file.
    """
    logging.basicConfig(
        stream=sys.stdout, level=logging.INFO, format="[%(asctime)s:%(levelname)s] %(message)s"
    )
    files = [path for path in model_dir.iterdir() if path.is_file()]
    if len(files) != 1:
        raise ValueError(
            f"the model archive holds {len(files)} files, not one: {[file.name for file in files]}"
        )
    booster = xgboost.Booster(model_file=bytearray(files[0].read_bytes()))
    booster.set_param({"nthread": 1})
    _LOG.info("Model loaded successfully")

    def respond(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        request = Request(environ)
        if (request.method, request.path) == ("GET", "/ping"):
            response = Response(status=HTTPStatus.OK)
        elif (request.method, request.path) == ("POST", "/invocations"):
            response = _invocation(booster, request)
        else:
            response = Response(status=HTTPStatus.NOT_FOUND)
        return response(environ, start_response)

    return respond


def _invocation(booster: Any, request: Request) -> Response:
    if (request.content_length or 0) > _LARGEST_BODY:
        return Response(status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    payload = request.get_data()
    if not payload:
        return Response(status=HTTPStatus.NO_CONTENT)
    try:
        matrix = _parse(payload, request.headers.get("Content-Type"))
    except (ValueError, csv.Error, xgboost.core.XGBoostError) as error:
        return _refusal(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, str(error))
    try:
        predictions = booster.predict(matrix, validate_features=False)
    except xgboost.core.XGBoostError as error:
        return _refusal(HTTPStatus.BAD_REQUEST, f"Unable to evaluate payload provided: {error}")
    accept, _ = parse_options_header(request.headers.get("Accept", ""))
    accept = accept.lower() if accept not in ("", "*/*") else _CSV
    if accept not in _ENCODERS:
        return _refusal(
            HTTPStatus.NOT_ACCEPTABLE,
            f"Accept type {accept} is not supported. Please use supported accept types: {list(_ENCODERS)}.",
        )
    return Response(_ENCODERS[accept](predictions.tolist()), HTTPStatus.OK, mimetype=accept)


def _refusal(status: HTTPStatus, message: str) -> Response:
    _LOG.error("%d %s", status, message)
    return Response(message, status, mimetype="text/html")


def _parse(payload: bytes, content_type: str | None) -> Any:
    kind, _ = parse_options_header(content_type or _LIBSVM[0])
    if kind.lower() == _CSV:
        reader, name = _csv_matrix, "csv"
    elif kind.lower() in _LIBSVM:
        reader, name = _libsvm_matrix, "libsvm"
    else:
        raise ValueError(f"{content_type} is not an accepted ContentType: {', '.join((_CSV, *_LIBSVM))}.")
    try:
        return reader(payload.strip().decode())
    except (ValueError, csv.Error) as error:
        raise ValueError(
            f"Loading {name} data failed with Exception, please ensure data is in {name} format:\n "
            f"{type(error)}\n {error}"
        ) from error


def _csv_matrix(text: str) -> Any:
    lines = text.split("\n")
    sniffed = csv.Sniffer().sniff(lines[0][:_SNIFFED]).delimiter
    delimiter = "," if sniffed.isalnum() else sniffed
    rows = [[cell or "nan" for cell in line.split(delimiter)] for line in lines]
    return xgboost.DMatrix(np.array(rows).astype(float))


def _libsvm_matrix(text: str) -> Any:
    rows, columns, values = [], [], []
    for row, line in enumerate(text.split("\n")):
        for item in line.split(" "):
            index, colon, value = item.partition(":")
            if colon:
                rows.append(row)
                columns.append(int(index))
                values.append(float(value))
    return xgboost.DMatrix(csr_matrix((values, (rows, columns))))


def _csv_lines(predictions: list[Any]) -> str:
    return "".join(f"{prediction}\n" for prediction in predictions)


def _json_document(predictions: list[Any]) -> str:
    return json.dumps({"predictions": [{"score": prediction} for prediction in predictions]})


def _json_lines(predictions: list[Any]) -> str:
    return "".join(f"{json.dumps({'score': prediction})}\n" for prediction in predictions)


_ENCODERS: dict[str, Callable[[list[Any]], str]] = {
    "application/json": _json_document,
    "application/jsonlines": _json_lines,
    _CSV: _csv_lines,
}
