"""Read the rows of an inference request as the built-in XGBoost container reads them."""

import csv
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from werkzeug.http import parse_options_header

from local_aws.algorithms.xgboost.channels import CONTENT_TYPES, DEFAULT_CONTENT_TYPE, DataFormat
from local_aws.algorithms.xgboost.library import xgboost
from local_aws.errors import UserError

_SNIFFED = 512
# Bytes from which on pyarrow reads a body: below, importing it takes longer than what it saves.
_LARGE = 2**17
# pyarrow takes what numpy refuses, or otherwise: nan(1), and an empty cell before a carriage return.
_READ_OTHERWISE = (b"(", b"\r")


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
    content = payload.strip()
    text = content.decode()
    sniffed = csv.Sniffer().sniff(text.partition("\n")[0][:_SNIFFED]).delimiter
    delimiter = "," if sniffed.isalnum() else sniffed
    if len(content) >= _LARGE and (values := _read_large(content, delimiter)) is not None:
        return xgboost.DMatrix(values)
    rows = [[cell or "nan" for cell in line.split(delimiter)] for line in text.split("\n")]
    return xgboost.DMatrix(np.array(rows).astype(float))


def _read_large(payload: bytes, delimiter: str) -> Any:
    """Read rows in a tenth of the time; None where they are not plain numbers."""
    import pyarrow as pa  # noqa: PLC0415 - only a large request needs it
    from pyarrow import csv as arrow_csv  # noqa: PLC0415

    if not delimiter.isascii() or any(character in payload for character in _READ_OTHERWISE):
        return None
    names = [str(column) for column in range(payload.partition(b"\n")[0].count(delimiter.encode()) + 1)]
    try:
        table = arrow_csv.read_csv(
            pa.py_buffer(payload),
            arrow_csv.ReadOptions(use_threads=False, column_names=names, block_size=len(payload) + 1),
            arrow_csv.ParseOptions(delimiter=delimiter, quote_char=False, ignore_empty_lines=False),
            arrow_csv.ConvertOptions(column_types=dict.fromkeys(names, pa.float64()), null_values=[""]),
        )
    except pa.ArrowInvalid:
        return None
    return np.column_stack([column.to_numpy() for column in table.columns])


def _libsvm_matrix(payload: bytes) -> Any:
    """Return a dense matrix, as image 3.2-0 makes it: what is absent is 0, and indices from 1 on are shifted.

    Source: libsvm_to_dmatrix in the container's encoder.py. Training reads libsvm sparse, and unshifted.
    """
    rows, columns, values = [], [], []
    lines = payload.decode().strip().split("\n")
    for row, line in enumerate(lines):
        for item in line.split():
            index, colon, value = item.partition(":")
            if colon:
                rows.append(row)
                columns.append(int(index))
                values.append(float(value))
    if not columns:
        return xgboost.DMatrix(np.empty((0, 0)))
    shift = 1 if min(columns) >= 1 else 0
    dense = np.zeros((len(lines), max(columns) - shift + 1))
    dense[rows, np.array(columns) - shift] = values
    return xgboost.DMatrix(dense)


def _recordio_matrix(payload: bytes) -> Any:
    from local_aws.algorithms.toolkit import recordio  # noqa: PLC0415 - only a request in RecordIO needs it

    return xgboost.DMatrix(recordio.read_rows(payload).features)


_READERS: Mapping[str, Callable[[bytes], Any]] = {
    "csv": _csv_matrix,
    "libsvm": _libsvm_matrix,
    "recordio-protobuf": _recordio_matrix,
}
