"""Columns beside the features of the test rows: identifiers, and those by which figures are told."""

from typing import TYPE_CHECKING, BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from include.pipeline.data.encoding.cells import clean
from include.pipeline.data.places import row_number
from include.pipeline.data.reading.whole_columns import read_text
from include.pipeline.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path

    from include.pipeline.data.writing.rows import Rows
    from include.pipeline.documents.table.config import TableConfig


def read_identifiers(file: BinaryIO, table: "TableConfig", rows: int) -> pa.Table | None:
    """Read the identifiers as text; None where the table has none.

    Raises:
        DataError: A column is absent, or has other rows than the table.
    """
    return read_text(file, table.identifiers, "an identifier", rows) if table.identifiers else None


def read_groups(file: BinaryIO, table: "TableConfig", rows: int) -> pa.Table | None:
    """Read the columns that figures are told by and that the model does not get as they are; None without.

    What stands for an empty cell is null. A column that is cut at numbers is one of numbers.

    Raises:
        DataError: A column is absent, has other rows than the table, or holds text where it is to be cut.
    """
    names = table.groups_beside
    if not names:
        return None
    found = read_text(file, names, "by which figures are told", rows)
    for place, name in enumerate(names):
        cells = clean(found[name].combine_chunks(), table.missing)
        cut = _numbers(cells, name) if table.groups[name] else cells
        found = found.set_column(place, name, cut)
    return found


def write_beside(found: pa.Table, test: "Rows", path: "Path") -> None:
    """Write the columns of the test rows, in their order: CSV with a header."""
    csv.write_csv(found.take(pa.array(test.order)), path)


def _numbers(cells: pa.StringArray, name: str) -> pa.DoubleArray:
    is_number = pc.match_substring_regex(cells, r"^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?$")
    at = pc.index(is_number, pa.scalar(False)).as_py()
    if at >= 0:
        raise DataError(
            f"column {name!r} has no number in row {row_number(at)}",
            "a column that groups cuts at numbers has numbers, with a decimal point, or no value",
            "Correct the cell, say below missing what stands for none, or leave the cuts out",
        )
    return pc.cast(cells, pa.float64())
