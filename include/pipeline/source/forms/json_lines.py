"""JSON Lines: an object a line, a row each."""

import csv
import io
import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from include.pipeline.errors import DataError
from include.pipeline.source.forms.bounded import BoundedFile

_LONGEST_LINE = 16 * 2**20
_MOST_NAMES = 10_000


def write_json_lines_as_csv(file: BinaryIO, target: BoundedFile) -> None:
    """Write JSON Lines as CSV: numbers and text as they are written, booleans as 1 and 0, null as nothing.

    Columns are in the order in which their names first appear. A row without one of them has an empty cell.

    Args:
        file: UTF-8, seekable: it is read twice, as a name may appear on the last line.
        target: Gets the table.

    Raises:
        DataError: A line is no object, or holds a list or another object.
    """
    names: dict[str, None] = {}
    for number, row in _rows(file):
        names.update(dict.fromkeys(row))
        if len(names) > _MOST_NAMES:
            raise DataError(
                f"up to line {number}, the objects have {len(names)} names",
                f"a table has at most {_MOST_NAMES} columns",
                "Give all lines the same names",
            )
    text = io.StringIO(newline="")
    # By its line ends the writer knows what to quote.
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(names)
    for number, row in _rows(file):
        writer.writerow([_cell(row.get(name), name, number) for name in names])
        target.write(text.getvalue().encode("utf-8", "replace"))
        text.seek(0)
        text.truncate()
    target.write(text.getvalue().encode("utf-8", "replace"))


def _rows(file: BinaryIO) -> Iterator[tuple[int, dict[str, Any]]]:
    file.seek(0)
    number = 0
    while line := file.readline(_LONGEST_LINE + 1):
        number += 1
        if len(line) > _LONGEST_LINE:
            raise DataError(
                f"line {number} is longer than {_LONGEST_LINE} bytes",
                "each line is one object",
                "Write one object a line, without line breaks in it",
            )
        if not line.strip():
            continue
        try:
            row = json.loads(
                line.decode("utf-8-sig"), parse_int=str, parse_float=str, parse_constant=_constant
            )
        except (ValueError, RecursionError):
            row = None
        if not isinstance(row, dict):
            raise DataError(
                f"line {number} is no JSON object",
                "each line is one, such as {\"age\": 31, \"plan\": \"basic\"}, in UTF-8",
                "Correct the line",
            )  # fmt: skip
        yield number, row


def _constant(name: str) -> str | None:
    return None if name == "NaN" else name


def _cell(value: object, name: str, number: int) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(int(value))
        case str():
            return value
    raise DataError(
        f"line {number} has a list or an object as {name!r}",
        "a value is a number, a text, true, false or null",
        "Write the parts of it under names of their own, or leave it out",
    )
