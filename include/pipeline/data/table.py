"""The table as it came, checked against what a model can be trained on.

Rows are counted as a spreadsheet does: the header is row 1. Blank lines do not count.
"""

import codecs
import csv
import difflib
import io
import itertools
import re
from typing import TYPE_CHECKING, BinaryIO

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from include.pipeline.errors import DataError

if TYPE_CHECKING:
    from include.pipeline.documents.config import TableConfig

# pandas calls a column without a name after its position.
_NAMELESS = re.compile(r"\s*|Unnamed: \d+")
_INDEX_NAMES = {"", "Unnamed: 0"}
_FIRST_DATA_ROW = 2
# How much of a faulty cell or row a message quotes.
_SHOWN = 80


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
    _check_encoding(file)
    columns = _kept_columns(_read_header(file), table)
    text = _read_cells(file, columns)
    if not text.num_rows:
        raise _no_rows()
    frame = pd.DataFrame({name: _to_numbers(name, text[name]) for name in columns})
    _check_label(frame[table.label])
    _check_blank_lines(frame.drop(columns=table.label))
    frame[table.label] = frame[table.label].astype("int64")
    return frame


def _check_encoding(file: BinaryIO) -> None:
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
        wrong = error.object[error.start : error.end]
        raise DataError(
            f"line {line} holds {wrong!r}", "the file has to be UTF-8", "Save it as UTF-8"
        ) from error


def _read_header(file: BinaryIO) -> list[str]:
    file.seek(0)
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    try:
        return next((row for row in csv.reader(text) if row), [])
    except csv.Error as error:
        raise DataError(f"the header ({error})", "it is a line of names", "Check the file") from error
    finally:
        text.detach()


def _no_rows() -> DataError:
    return DataError("the table has no rows", "below the header stand rows", "Check the file")


def _kept_columns(header: list[str], table: "TableConfig") -> list[str]:
    names = header[1:] if header and header[0] in _INDEX_NAMES else header
    if not names:
        raise DataError("the file has no columns", "it has a header and rows", "Check the file")
    for position, name in enumerate(names, start=len(header) - len(names) + 1):
        if _NAMELESS.fullmatch(name):
            rule = "only the first, the index, may do without a name"
            raise DataError(f"column {position} is named {name!r}", rule, "Name it")
        if not name.isprintable():
            rule = "a name holds no line breaks and no control characters"
            raise DataError(f"column {position} is named {name[:_SHOWN]!r}", rule, "Rename it")
    repeated = [name for name, group in itertools.groupby(sorted(names)) if len(list(group)) > 1]
    if repeated:
        raise DataError(f"column {repeated[0]!r} is there twice", "names differ", "Rename or remove one")
    for role, name in [("the label", table.label), *(("to drop", name) for name in table.drop)]:
        if name not in names:
            close = difflib.get_close_matches(name, names)
            raise DataError(
                f"column {name!r}, {role}, is absent",
                f"it is one of the {len(names)} columns" + (f" (close: {', '.join(close)})" if close else ""),
                "Correct the name in the pipeline's YAML or the file",
            )
    if table.label in table.drop:
        raise DataError(f"column {table.label!r} is label and dropped", "it is one of both", "Keep the label")
    kept = [name for name in names if name not in table.drop]
    if kept == [table.label]:
        raise DataError("no feature column is left", "a model needs one", "Drop fewer columns")
    return kept


def _read_cells(file: BinaryIO, columns: list[str]) -> pa.Table:
    ragged: list[pa.csv.InvalidRow] = []

    def refuse(row: pa.csv.InvalidRow) -> str:
        ragged.append(row)
        return "error"

    file.seek(0)
    try:
        return pa.csv.read_csv(
            file,
            # With threads, pyarrow does not know which row is at fault.
            read_options=pa.csv.ReadOptions(use_threads=False),
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
            found = f"row {row.number} has {row.actual_columns} cells: {row.text[:_SHOWN]!r}"
            rule = f"every row has {row.expected_columns}, as the header"
            raise DataError(found, rule, "Correct the row") from error
        if "Empty CSV" in str(error):  # a header without line end
            raise _no_rows() from error
        raise DataError(str(error), "the file has to be CSV", "Correct it") from error


def _to_numbers(name: str, cells: pa.ChunkedArray) -> pd.Series:
    text = pc.utf8_trim_whitespace(cells)
    try:
        numbers = text.cast(pa.float64())
    except pa.ArrowInvalid as error:
        at = next(at for at, cell in enumerate(text) if not _is_number(cell))
        rule = "a cell is a number or empty"
        raise _bad_cell(name, at, cells[at].as_py(), rule, "Encode the column as numbers") from error
    infinite = pc.index(pc.is_inf(numbers), pa.scalar(True)).as_py()
    if infinite >= 0:
        raise _bad_cell(name, infinite, cells[infinite].as_py(), "a number is finite", "Correct the cell")
    return pd.Series(numbers.to_numpy(), name=name)


def _is_number(cell: pa.Scalar) -> bool:
    try:
        cell.cast(pa.float64())
    except pa.ArrowInvalid:
        return False
    return True


def _check_label(label: pd.Series) -> None:
    wrong = ~label.isin([0, 1]).to_numpy()
    if wrong.any():
        at = int(wrong.argmax())
        value = "" if pd.isna(label[at]) else f"{label[at]:g}"
        raise _bad_cell(str(label.name), at, value, "the label is 0 or 1", "Correct the cell")
    if (label == label[0]).all():
        found = f"column {label.name!r} is {label[0]:g} in every row"
        raise DataError(found, "the label has both 0 and 1", "Bring rows of both")


def _check_blank_lines(features: pd.DataFrame) -> None:
    # A row of one empty cell is written as a blank line, which readers of CSV skip.
    missing = features.iloc[:, 0].isna().to_numpy()
    if features.shape[1] == 1 and missing.any():
        name, rule = str(features.columns[0]), "the only feature is never empty"
        raise _bad_cell(name, int(missing.argmax()), "", rule, "Remove the row")


def _bad_cell(name: str, at: int, value: str, rule: str, mend: str) -> DataError:
    return DataError(f"row {at + _FIRST_DATA_ROW}, column {name!r} is {value[:_SHOWN]!r}", rule, mend)
