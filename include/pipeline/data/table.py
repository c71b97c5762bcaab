"""The table as it came, checked against what a model can be trained on.

Rows are counted as a spreadsheet does: the header is row 1. Blank lines do not count.
"""

import codecs
from typing import TYPE_CHECKING, BinaryIO

import pandas as pd
import pyarrow as pa
import pyarrow.csv

from include.pipeline.data.header import kept_columns
from include.pipeline.data.numbers import Column
from include.pipeline.data.places import listed
from include.pipeline.errors import DataError
from include.pipeline.source.file_format import recognise

if TYPE_CHECKING:
    from include.pipeline.documents.config import TableConfig

# How much of a faulty row a message quotes.
_SHOWN = 80
# The longest line that is read. pyarrow takes no line that is longer than its block.
_BLOCK_BYTES = 16 * 2**20
_LABEL_RULE = "the label is 0 or 1"


def read_table(file: BinaryIO, table: "TableConfig") -> pd.DataFrame:
    """Read a CSV file, and refuse what cannot be trained on.

    Args:
        file: UTF-8, with or without byte order mark, and a header. A first column whose header is empty (or
            `Unnamed: 0`) is taken for the row numbers that pandas writes, and left out.
        table: Names the label and the columns to drop, which are not looked at.

    Returns:
        Label and features, in the file's order: numbers, the label 0 or 1; empty feature cells are NaN.

    Raises:
        DataError: The file or a value in it breaks a rule. The message names the first such place.
    """
    if other := recognise(file):
        raise DataError(f"the file is {other.name}", "the table is a CSV file in UTF-8", other.mend)
    _check_encoding(file, table)
    names = kept_columns(file, table)
    text = _read_cells(file, names, table)
    if not text.num_rows:
        raise _no_rows()
    columns = [Column(name, text[name], shown=table.shows(name)) for name in names]
    _check_text(columns, table.label)
    frame = pd.DataFrame(
        {
            column.name: _labels(column) if column.name == table.label else column.numbers()
            for column in columns
        }
    )
    _check_blank_lines(next(column for column in columns if column.name != table.label), frame)
    return frame


def _check_encoding(file: BinaryIO, table: "TableConfig") -> None:
    # Of the whole file first: pyarrow cannot tell of a row that it can neither count nor decode.
    file.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")()
    lines = 1
    try:
        while piece := file.read(2**20):
            decoder.decode(piece)
            lines += piece.count(b"\n")
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        line = lines + error.object[: error.start].count(b"\n")
        wrong = repr(error.object[error.start : error.end]) if table.shows_rows else "other bytes"
        raise DataError(
            f"line {line} holds {wrong}",
            "the file has to be UTF-8",
            "Save it as UTF-8: iconv -f WINDOWS-1252 -t UTF-8 data.csv > utf8.csv, where it is in Latin-1 or "
            "Windows-1252, as most files are that are not UTF-8",
        ) from (error if table.shows_rows else None)


def _no_rows() -> DataError:
    return DataError("the table has no rows", "below the header stand rows", "Check the file")


def _read_cells(file: BinaryIO, columns: list[str], table: "TableConfig") -> pa.Table:
    ragged: list[pa.csv.InvalidRow] = []

    def refuse(row: pa.csv.InvalidRow) -> str:
        ragged.append(row)
        return "error"

    file.seek(0)
    try:
        return pa.csv.read_csv(
            file,
            # With threads, pyarrow does not know which row is at fault.
            read_options=pa.csv.ReadOptions(use_threads=False, block_size=_BLOCK_BYTES),
            parse_options=pa.csv.ParseOptions(invalid_row_handler=refuse),
            # As text: the types that pyarrow finds in the first megabyte need not fit what follows.
            convert_options=pa.csv.ConvertOptions(
                include_columns=columns,
                column_types=dict.fromkeys(columns, pa.string()),
                strings_can_be_null=True,
            ),
        )
    except pa.ArrowInvalid as error:
        if ragged:
            row = ragged[0]
            text = f": {row.text[:_SHOWN]!r}" if table.shows_rows else ""
            found = f"row {row.number} has {row.actual_columns} cells{text}"
            rule = f"every row has {row.expected_columns}, as the header"
            raise DataError(found, rule, "Correct the row") from None
        if "Empty CSV" in str(error):  # a header without line end
            raise _no_rows() from None
        if "straddling" in str(error):
            rule = f"a row has at most {_BLOCK_BYTES} bytes"
            raise DataError(
                "a row does not end, or is too long", rule, "Close the quotes, or drop columns"
            ) from None
        found = str(error) if table.shows_rows else "the file cannot be read"
        raise DataError(found, "the file has to be CSV", "Correct it") from None


def _check_text(columns: list[Column], label: str) -> None:
    faults = {column.name: fault for column in columns if (fault := column.first_text())}
    if not faults:
        return
    (name, first), *others = faults.items()
    rule, mend = first.rule, first.mend
    if name == label:
        rule, mend = _LABEL_RULE, "Write 1 for the rows to find, and 0 for the others"
    also = f"; see to {listed([other for other, _ in others])} as well" if others else ""
    raise DataError(first.found, rule, mend + also)


def _labels(column: Column) -> pd.Series:
    label = column.as_floats()
    wrong = ~label.isin([0, 1]).to_numpy()
    if wrong.any():
        raise column.fault(int(wrong.argmax()), _LABEL_RULE, "Correct the cell")
    if (label == label[0]).all():
        found = f"column {column.name!r} is {label[0]:g} in every row"
        raise DataError(found, "the label has both 0 and 1", "Bring rows of both")
    return label.astype("int64")


def _check_blank_lines(feature: Column, frame: pd.DataFrame) -> None:
    # A row of one empty cell is written as a blank line, which readers of CSV skip.
    missing = frame[feature.name].isna().to_numpy()
    if frame.shape[1] == 2 and missing.any():  # noqa: PLR2004 - the label and one feature
        raise feature.fault(int(missing.argmax()), "the only feature is never empty", "Remove the row")
