"""Whole columns as they are written: keys and identifiers, of which no number is made."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import BinaryIO

import pyarrow as pa
from pyarrow import csv

from include.pipeline.errors import DataError

_BLOCK_BYTES = 16 * 2**20


def read_text(file: BinaryIO, names: Sequence[str], role: str, rows: int) -> pa.Table:
    """Read columns of a CSV file as text, null where a cell is empty.

    Args:
        file: From which the table was read.
        names: The columns.
        role: What they are, for the message.
        rows: Of the table.

    Raises:
        DataError: A column is absent, or has other rows than the table.
    """
    with _naming(names, role):
        file.seek(0)
        found = csv.read_csv(file, csv.ReadOptions(block_size=_BLOCK_BYTES), convert_options=_as_text(names))
    if len(found) != rows:
        raise DataError(
            f"column {names[0]!r}, {role}, has {len(found)} rows, and the table {rows}",
            "each row has a cell of it",
            "Remove blank lines",
        )
    return found


def text_batches(file: BinaryIO, names: Sequence[str], role: str) -> Iterator[pa.RecordBatch]:
    """Read columns of a CSV file as text, null where a cell is empty, some rows at a time.

    Args:
        file: The file.
        names: The columns.
        role: What they are, for the message.

    Raises:
        DataError: A column is absent.
    """
    with _naming(names, role):
        file.seek(0)
        # With threads, it would read far ahead.
        read = csv.ReadOptions(use_threads=False, block_size=_BLOCK_BYTES // 4)
        reader = csv.open_csv(file, read, convert_options=_as_text(names))
    yield from reader


def _as_text(names: Sequence[str]) -> csv.ConvertOptions:
    return csv.ConvertOptions(
        include_columns=list(names),
        column_types=dict.fromkeys(names, pa.string()),
        strings_can_be_null=True,
        null_values=[""],
    )


@contextmanager
def _naming(names: Sequence[str], role: str) -> Iterator[None]:
    try:
        yield
    except KeyError as error:
        absent = next((name for name in names if repr(name) in str(error.args[0])), names[0])
        raise DataError(
            f"column {absent!r}, {role}, is absent",
            "each column that the YAML's table names is there",
            "Correct the name in the pipeline's YAML or the file",
        ) from None
