"""Rows of text, written as CSV with commas."""

import io
from typing import Protocol

import pyarrow as pa
from pyarrow import csv


class Sink(Protocol):
    """Takes bytes."""

    def write(self, piece: bytes, /) -> int:
        """Write all of a piece."""
        ...


def write_rows(rows: pa.RecordBatch, target: Sink) -> None:
    """Write rows without a header, in quotes only where one of them needs it: without, they are read faster.

    Args:
        rows: Columns of text, null where a cell is empty.
        target: Gets them.
    """
    if not rows.num_rows:
        return
    try:
        piece = _written(rows, "none")
    except pa.ArrowInvalid:
        piece = _written(rows, "needed")
    target.write(piece)


def _written(rows: pa.RecordBatch, quoting: str) -> bytes:
    file = io.BytesIO()
    csv.write_csv(rows, file, csv.WriteOptions(include_header=False, quoting_style=quoting))
    return file.getvalue()
