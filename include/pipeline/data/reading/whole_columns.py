"""Whole columns as they are written: keys and identifiers, of which no number is made."""

from collections.abc import Sequence
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
    file.seek(0)
    try:
        found = csv.read_csv(
            file,
            csv.ReadOptions(block_size=_BLOCK_BYTES),
            convert_options=csv.ConvertOptions(
                include_columns=list(names),
                column_types=dict.fromkeys(names, pa.string()),
                strings_can_be_null=True,
                null_values=[""],
            ),
        )
    except KeyError as error:
        absent = next((name for name in names if repr(name) in str(error.args[0])), names[0])
        raise DataError(
            f"column {absent!r}, {role}, is absent",
            "each column that the YAML's table names is there",
            "Correct the name in the pipeline's YAML or the file",
        ) from None
    if len(found) != rows:
        raise DataError(
            f"column {names[0]!r}, {role}, has {len(found)} rows, and the table {rows}",
            "each row has a cell of it",
            "Remove blank lines",
        )
    return found
