"""The header of a table: which columns there are, and which of them a model gets."""

import csv
import difflib
import io
import itertools
import json
import re
from typing import TYPE_CHECKING, BinaryIO

from include.pipeline.data.reading.other_pipelines import pipeline_reading
from include.pipeline.errors import DataError

if TYPE_CHECKING:
    from include.pipeline.documents.table.config import TableConfig

# pandas calls a column without a name after its position.
_NAMELESS = re.compile(r"\s*|Unnamed: \d+")
_INDEX_NAMES = {"", "Unnamed: 0"}
# How much of a name or line a message quotes.
_SHOWN = 80
_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars", ":": "colons", " ": "blanks"}
_NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*")


def columns_of(file: BinaryIO, table: "TableConfig") -> tuple[list[str], list[str]]:
    """Read the header: all columns, and those that are not dropped, in the file's order.

    Args:
        file: UTF-8. A first column whose header is empty (or `Unnamed: 0`) is an index, and left out.
        table: Names the label, the columns to drop, and those that are no numbers.

    Raises:
        DataError: The header breaks a rule.
    """
    header = read_header(file)
    names = header[1:] if header and header[0] in _INDEX_NAMES else header
    if not names:
        raise DataError("the file has no columns", "it has a header and rows", "Check the file")
    if table.label not in names:
        _refuse_other_than_a_header(header, table)
    # Without the label among them, the names may be the first row's values.
    _check_names(names, len(header) - len(names) + 1, table, are_names=table.label in names)
    to_show = () if isinstance(table.show_values, bool) else table.show_values
    for role, name in [
        ("the label", table.label),
        *(("to drop", name) for name in table.drop),
        *(("which leaks", name) for name in table.leaks),
        *((f"named as {column.kind}", name) for name, column in table.columns.items()),
        *(("to show values of", name) for name in to_show),
        *(("the key", name) for name in (table.key,) if name),
        *(("the time", name) for name in (table.time,) if name),
    ]:
        if name not in names:
            close = [
                known
                for known in difflib.get_close_matches(name, names)
                # What is not sure to be a name is told where it is the sought one, spelt otherwise.
                if table.label in names or table.shows_rows or _letters(known) == _letters(name)
            ]
            raise DataError(
                f"column {name!r}, {role}, is absent",
                f"it is one of the {len(names)} columns" + (f" (close: {', '.join(close)})" if close else ""),
                "Correct the name in the pipeline's YAML or the file",
            )
    if table.label in table.drop:
        raise DataError(f"column {table.label!r} is label and dropped", "it is one of both", "Keep the label")
    kept = [name for name in names if name not in table.left_out]
    if kept == [table.label]:
        raise DataError("no feature column is left", "a model needs one", "Drop fewer columns")
    return header, kept


def _letters(name: str) -> str:
    return re.sub(r"[\W_]", "", name).casefold()


def read_header(file: BinaryIO) -> list[str]:
    """Read the first line that is not blank, whatever it holds.

    Raises:
        DataError: It is no CSV.
    """
    file.seek(0)
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    try:
        return next((row for row in csv.reader(text) if row), [])
    except csv.Error as error:
        raise DataError(f"the header ({error})", "it is a line of names", "Check the file") from None
    finally:
        text.detach()


def _refuse_other_than_a_header(cells: list[str], table: "TableConfig") -> None:
    line, label = ",".join(cells), table.label
    is_ = f" is {line[:_SHOWN]!r}" if table.shows_rows else ""
    found = f"the first line{is_}"
    if line.startswith(("#", "//", "<<<<<<<", "sep=")):
        raise DataError(
            f"{found}: no names, and column {label!r}, the label, is absent",
            "the first line is a header: the columns' names",
            "Remove what stands above the header",
        )
    if separator := _separator(line, cells, label):
        raise DataError(
            f"{found}: its cells are separated by {_SEPARATORS[separator]}",
            "cells are separated by commas, and decimals by points",
            _mend_of_separator(separator, [name.strip().strip('"') for name in line.split(separator)]),
        )
    if all(_NUMBER.fullmatch(cell) for cell in cells if cell) and any(cells):
        raise DataError(
            f"{found}: numbers, and column {label!r}, the label, is absent",
            "the first line is a header: the columns' names",
            "Write the names above the rows",
        )


def _mend_of_separator(separator: str, names: list[str]) -> str:
    if other := pipeline_reading(names, separator):
        return f"Run the pipeline {other}, which reads such a file"
    if separator in ";\t|":
        return (
            f"Say so in the pipeline's YAML, below table: file: {{delimiter: {json.dumps(separator)}}}; add "
            'decimal: "," where decimals have a comma'
        )
    return (
        f"Write it anew: python -c \"import pandas; pandas.read_csv('data.csv', sep={separator!r})"
        ".to_csv('comma.csv', index=False)\"; add decimal=',' where decimals have a comma"
    )


def _separator(line: str, cells: list[str], label: str) -> str | None:
    """Tell by which other separator the line falls into names."""
    for separator in _SEPARATORS:
        names = [name.strip('"') for name in line.split(separator)]
        # A blank or a colon may as well be part of a name, and so may the others, where commas are there too.
        if len(cells) == 1 and separator in ";\t|" and len(names) > 1:
            return separator
        if label in names and (len(cells) == 1 or separator in ";\t|"):
            return separator
    return None


def _check_names(names: list[str], first: int, table: "TableConfig", *, are_names: bool) -> None:
    for position, name in enumerate(names, start=first):
        if _NAMELESS.fullmatch(name):
            rule = "only the first, the index, may do without a name"
            is_last = position - first == len(names) - 1
            mend = "Name it, or remove the comma at the end of each line" if is_last else "Name it"
            raise DataError(f"column {position} is named {name!r}", rule, mend)
        if not name.isprintable():
            # A quote left open makes one name of all the rows below it.
            named = f"is named {name[:_SHOWN]!r}" if table.shows_rows else "has a name of another kind"
            rule = "a name holds no line breaks and no control characters"
            raise DataError(f"column {position} {named}", rule, "Rename it")
    repeated = [name for name, group in itertools.groupby(sorted(names)) if len(list(group)) > 1]
    if repeated and (are_names or table.shows_rows):
        raise DataError(f"column {repeated[0]!r} is there twice", "names differ", "Rename or remove one")
