"""Tables with semicolons, tabs or bars between cells, with decimal commas, or without a header."""

import csv
import io
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from include.pipeline.errors import DataError
from include.pipeline.source.forms.rows import write_rows

if TYPE_CHECKING:
    from include.pipeline.documents.table.file_form import FileForm

# A row is within one block: as long as it may be where it is read on.
_BLOCK_BYTES = 16 * 2**20
_DECIMAL_COMMA = r"^(\s*[+-]?[0-9]*),([0-9]+(?:[eE][+-]?[0-9]+)?\s*)$"
_WITH_POINT = r"^\s*[+-]?(?:[0-9]+\.[0-9]*|\.[0-9]+)[0-9.,]*(?:[eE][+-]?[0-9]+)?\s*$"


def write_with_commas(file: BinaryIO, target: BinaryIO, form: "FileForm", texts: Collection[str]) -> None:
    """Write a table with commas between cells, points before decimals, and a header.

    Cells keep their text, but for the decimal comma of numbers.

    Args:
        file: UTF-8.
        target: Gets the table.
        form: How it is written.
        texts: Columns that are no numbers: a comma in them is none before decimals.

    Raises:
        DataError: A row has more or fewer cells than the header, or a number has a point in place of a comma.
    """
    names = list(form.header) or _first_row(file, form.delimiter)
    if not names:
        return  # blank: told where the table is read
    if form.header:
        write_rows(pa.RecordBatch.from_pydict({str(at): [name] for at, name in enumerate(names)}), target)
    numbers = [at for at, name in enumerate(names) if name not in texts] if form.decimal == "," else []
    # Rows are counted as a spreadsheet does, the header first, whether it stands in the file or not.
    rows = 1 if form.header else 0
    for batch in _batches(file, form, len(names), rows):
        is_header = not rows
        rows += batch.num_rows
        written = batch.slice(1) if is_header else batch
        if is_header:
            write_rows(batch.slice(0, 1), target)
        for at in numbers:
            column = _with_points(written.column(at), at, rows - written.num_rows + 1)
            written = written.set_column(at, written.schema.field(at), column)
        write_rows(written, target)


def _first_row(file: BinaryIO, delimiter: str) -> list[str]:
    file.seek(0)
    text = io.TextIOWrapper(file, encoding="utf-8-sig", errors="replace", newline="")
    try:
        return next((row for row in csv.reader(text, delimiter=delimiter) if row), [])
    except csv.Error as error:
        raise DataError(f"the header ({error})", "it is a line of names", "Check the file") from None
    finally:
        text.detach()


def _batches(file: BinaryIO, form: "FileForm", columns: int, above: int) -> Iterator[pa.RecordBatch]:
    ragged: list[arrow_csv.InvalidRow] = []

    def refuse(row: arrow_csv.InvalidRow) -> str:
        ragged.append(row)
        return "error"

    names = [str(at) for at in range(columns)]
    file.seek(0)
    try:
        yield from arrow_csv.open_csv(
            file,
            # With threads of its own, pyarrow does not know which row is at fault.
            read_options=arrow_csv.ReadOptions(
                use_threads=False, block_size=_BLOCK_BYTES, column_names=names
            ),
            parse_options=arrow_csv.ParseOptions(
                delimiter=form.delimiter, newlines_in_values=True, invalid_row_handler=refuse
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid as error:
        if ragged:
            row = ragged[0]
            raise DataError(
                f"row {row.number + above} has {row.actual_columns} cells",
                f"every row has {row.expected_columns}, as the header, with {form.delimiter!r} between them",
                "Correct the row, or what the pipeline's YAML says below table and file",
            ) from None
        found = "a row does not end, or is too long" if "straddl" in str(error) else "the file cannot be read"
        rule = f"it is text in UTF-8, of rows of at most {_BLOCK_BYTES} bytes"
        raise DataError(
            found, rule, "Close the quotes, or name encoding below table and file of the YAML"
        ) from None


def _with_points(cells: pa.StringArray, at: int, first: int) -> pa.StringArray:
    with_point = pc.index(pc.match_substring_regex(cells, _WITH_POINT), True).as_py()
    if with_point >= 0:
        raise DataError(
            # Not by its name, which is a value where the header is missing.
            f"row {first + with_point}, column {at + 1}, is a number with a point",
            "decimals have a comma, as decimal below table and file says, and nothing marks thousands",
            "Write it without thousands separators, correct decimal, or drop the column",
        )
    return pc.replace_substring_regex(cells, _DECIMAL_COMMA, r"\1.\2")
