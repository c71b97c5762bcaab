"""Read the rows of an inference request as the built-in XGBoost container reads them."""

import csv
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix  # type: ignore[import-untyped]
from werkzeug.http import parse_options_header

from local_aws.algorithms.xgboost.channels import CONTENT_TYPES, DEFAULT_CONTENT_TYPE, DataFormat
from local_aws.algorithms.xgboost.library import xgboost
from local_aws.errors import UserError

_SNIFFED = 512


def parse(payload: bytes, content_type: str | None) -> Any:
    """Return the rows as a DMatrix.

    Args:
        payload: The request's body.
        content_type: The request's content type. Without one, it is taken for libsvm.

    Raises:
        UserError: The type is not supported, or is not that of the rows. The message is the container's.
    """
    kind = _data_format(content_type)
    if kind not in _READERS:
        raise UserError(f"Content-type {content_type} is not supported.")
    try:
        return _READERS[kind](payload)
    except (ValueError, csv.Error, xgboost.core.XGBoostError) as error:
        separator = " " if kind == "recordio-protobuf" else "\n "
        raise UserError(
            f"Loading {kind} data failed with Exception, please ensure data is in {kind} format:{separator}"
            f"{type(error)}{separator}{error}"
        ) from error


def _data_format(content_type: str | None) -> DataFormat:
    """Return the format of a request, whose content type may have options."""
    if content_type is None:
        return CONTENT_TYPES[DEFAULT_CONTENT_TYPE]
    kind, options = parse_options_header(content_type.lower())
    if kind not in CONTENT_TYPES:
        raise UserError(f"{content_type} is not an accepted ContentType: {', '.join(CONTENT_TYPES)}.")
    if CONTENT_TYPES[kind] == "csv" and options.get("label_size", "1") != "1":
        raise UserError(
            f"{content_type} is not an accepted csv ContentType. Optional parameter label_size must be equal "
            "to 1"
        )
    return CONTENT_TYPES[kind]


def _csv_matrix(payload: bytes) -> Any:
    lines = payload.strip().decode().split("\n")
    sniffed = csv.Sniffer().sniff(lines[0][:_SNIFFED]).delimiter
    delimiter = "," if sniffed.isalnum() else sniffed
    rows = [[cell or "nan" for cell in line.split(delimiter)] for line in lines]
    return xgboost.DMatrix(np.array(rows).astype(float))


def _libsvm_matrix(payload: bytes) -> Any:
    rows, columns, values = [], [], []
    for row, line in enumerate(payload.strip().decode().split("\n")):
        for item in line.split(" "):
            index, colon, value = item.partition(":")
            if colon:
                rows.append(row)
                columns.append(int(index))
                values.append(float(value))
    return xgboost.DMatrix(csr_matrix((values, (rows, columns))))


def _recordio_matrix(payload: bytes) -> Any:
    from local_aws.algorithms import recordio  # noqa: PLC0415 - only a request in RecordIO needs it

    return xgboost.DMatrix(recordio.read_rows(payload).features)


_READERS: Mapping[str, Callable[[bytes], Any]] = {
    "csv": _csv_matrix,
    "libsvm": _libsvm_matrix,
    "recordio-protobuf": _recordio_matrix,
}
