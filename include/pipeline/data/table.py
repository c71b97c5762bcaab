"""The table as it came, checked against what a model can be trained on.

Rows are counted as a spreadsheet does: the header is row 1. Blank lines do not count.
"""

import codecs
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
import pyarrow as pa

from include.pipeline.data.encoding.cells import NoDateError
from include.pipeline.data.places import listed, row_number
from include.pipeline.data.reading.apart import check_apart
from include.pipeline.data.reading.blocks import blocks
from include.pipeline.data.reading.cells import BlockReader, Cells, RaggedRowError
from include.pipeline.data.reading.header import columns_of
from include.pipeline.data.reading.numbers import (
    LABEL,
    NUMBER_LABEL,
    RULES,
    TEXT_LABEL,
    Rule,
    first_breaches,
    mend_of_text,
)
from include.pipeline.data.reading.text_columns import TextColumns
from include.pipeline.data.stored_table import StoredTable, TableWriter, wider
from include.pipeline.errors import DataError
from include.pipeline.source.file_format import recognise
from include.work.in_order import in_order

if TYPE_CHECKING:
    from include.pipeline.documents.table.config import TableConfig

# How much of a faulty row or cell a message quotes.
_SHOWN = 80
# What the types of the columns are guessed from.
_FIRST_BYTES = 2**16


def read_table(file: BinaryIO, table: "TableConfig", folder: Path | None = None) -> StoredTable:
    """Read a CSV file, and refuse what cannot be trained on.

    Args:
        file: UTF-8, with or without byte order mark, and a header. A first column whose header is empty (or
            `Unnamed: 0`) is taken for the row numbers that pandas writes, and left out.
        table: Names the label, the columns that are no numbers, and those to leave out, which are not looked
            at.
        folder: Gets what is read, in files. Without one it is held in memory.

    Returns:
        Label and features, in the file's order: numbers, the label 0 or 1 however it is spelt, a class as a
        category, or, of regression, the number; empty feature
        cells are NaN. Categories are numbers of their values, dates days since 1970-01-01. A number is whole
        where pandas reads it so, in 64 bits with a sign: where every cell is one, without point and
        exponent.

    Raises:
        DataError: The file or a value in it breaks a rule. The message names the first such place.
    """
    if other := recognise(file):
        raise DataError(f"the file is {other.name}", "the table is a CSV file in UTF-8", other.mend)
    _check_encoding(file, table)
    return _Reading(file, table).into(TableWriter(folder))


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
            "Say which it is in the pipeline's YAML, below table: file: {encoding: windows-1252}, as most "
            "files are that are not UTF-8; or save it: iconv -f WINDOWS-1252 -t UTF-8 data.csv > utf8.csv",
        ) from (error if table.shows_rows else None)


class _Reading:
    """One reading of a file: the rows so far, and the first cell that breaks each rule."""

    def __init__(self, file: BinaryIO, table: "TableConfig") -> None:
        self._file, self._table = file, table
        header, self._names = columns_of(file, table)
        self._texts = TextColumns(table)
        self._blocks = BlockReader(
            tuple(header),
            tuple(name for name in self._names if name not in self._texts.names),
            tuple(name for name in self._names if name in self._texts.names),
            table.missing,
            table.numbers,
        )
        self._types: dict[str, pa.DataType] = {}
        self._rows = 0
        self._no_numbers: dict[str, tuple[int, str]] = {}
        self._breaches: dict[tuple[str, Rule], int] = {}

    def into(self, writer: TableWriter) -> StoredTable:
        try:
            for cells, numbers, texts, breaches in in_order(self._look_at, blocks(self._file)):
                self._note(cells, breaches)
                writer.append(self._joined(numbers, texts))
        except RaggedRowError as error:
            row = error.row
            text = f": {row.text[:_SHOWN]!r}" if self._table.shows_rows else ""
            raise DataError(
                f"row {row_number(self._rows + row.number - 1)} has {row.actual_columns} cells{text}",
                f"every row has {row.expected_columns}, as the header",
                "Correct the row",
            ) from None
        except pa.ArrowInvalid as error:
            found = str(error) if self._table.shows_rows else "the file cannot be read"
            raise DataError(found, "the file has to be CSV", "Correct it") from None
        if not self._rows:
            raise DataError("the table has no rows", "below the header stand rows", "Check the file")
        self._check_text()
        table = writer.finish(self._texts.values)
        for name in self._names:
            self._check_column(table, name)
        self._check_blank_lines(table)
        return table

    def _look_at(
        self, block: bytes
    ) -> tuple[Cells, pa.RecordBatch, dict[str, pa.Array | NoDateError], dict[tuple[str, Rule], int]]:
        if not self._types:
            self._types = self._first_types(block)
        cells = self._blocks.numbers(block, self._types)
        numbers, label = cells.numbers, self._table.label
        is_binary = self._table.kind == "binary"
        breaches = {
            (name, rule): at
            for name, column in zip(self._blocks.columns, numbers.columns, strict=True)
            if name not in cells.no_numbers
            for rule, at in first_breaches(
                column, is_label=is_binary and name == label, vanished=cells.vanished.get(name)
            ).items()
        }
        is_number = is_binary and label in self._blocks.columns
        if is_number and label not in cells.no_numbers and (label, LABEL) not in breaches:
            place = self._blocks.columns.index(label)
            numbers = numbers.set_column(place, label, numbers[label].cast(pa.int8()))
        return cells, numbers, self._texts.read(cells.text), breaches

    def _joined(self, numbers: pa.RecordBatch, texts: dict[str, pa.Array | NoDateError]) -> pa.RecordBatch:
        """Put the columns of a block into the file's order."""
        if not texts:
            return numbers
        found = self._texts.add(texts, numbers.num_rows)
        columns = [found[name] if name in found else numbers.column(name) for name in self._names]
        return pa.RecordBatch.from_arrays(columns, names=self._names)

    def _first_types(self, block: bytes) -> dict[str, pa.DataType]:
        start = block[: block.rfind(b"\n", 0, _FIRST_BYTES) + 1]
        try:
            return _types_of(self._blocks.numbers(start, {})) if start else {}
        except (RaggedRowError, pa.ArrowInvalid):
            return {}  # the whole block tells what is wrong

    def _note(self, cells: Cells, breaches: dict[tuple[str, Rule], int]) -> None:
        # Another thread may read a block meanwhile, by either of both.
        self._types = {
            name: wider(self._types.get(name, kind), kind) for name, kind in _types_of(cells).items()
        }
        for name, (at, cell) in cells.no_numbers.items():
            self._no_numbers.setdefault(name, (self._rows + at, cell))
        for breach, at in breaches.items():
            self._breaches.setdefault(breach, self._rows + at)
        self._rows += cells.numbers.num_rows

    def _check_text(self) -> None:
        names = [name for name in self._names if name in self._no_numbers]
        if not names:
            for name, (at, broken) in self._texts.faults.items():
                raise self._fault(name, at, broken)
            return
        name, *others = names
        at, cell = self._no_numbers[name]
        mend = "Remove the row, which repeats the header" if cell == name else mend_of_text(cell)
        rule = Rule("a cell is a number or empty", mend)
        if name == self._table.label:
            rule = NUMBER_LABEL if self._table.kind == "regression" else TEXT_LABEL
        also = f"; see to {listed(others)} as well" if others else ""
        raise self._fault(name, at, Rule(rule.rule, rule.mend + also))

    def _check_column(self, table: StoredTable, name: str) -> None:
        for rule in RULES:
            if (at := self._breaches.get((name, rule))) is not None:
                raise self._fault(name, at, rule)
        if name == self._table.label:
            self._check_label(table.column(name))
            if self._table.kind != "regression":
                return
        if name in self._texts.names:
            return
        quoted = partial(self._quoted, name) if self._table.shows(name) else None
        check_apart(table, name, partial(self._text, name), quoted)

    def _check_label(self, labels: np.ndarray) -> None:
        missing = np.isnan(labels)
        if missing.any():
            raise self._fault(self._table.label, int(missing.argmax()), NUMBER_LABEL)
        if labels.min() < labels.max():
            return
        if self._table.kind == "binary":
            raise self._one_label(int(labels[0]))
        raise DataError(
            f"column {self._table.label!r} is the same in every row",
            "the label has more than one value",
            "Bring rows of others, or name another column",
        )

    def _one_label(self, label: int) -> DataError:
        name, positive = self._table.label, self._table.positive
        if positive is None:
            return DataError(
                f"column {name!r} is {label} in every row", "the label has both 0 and 1", "Bring rows of both"
            )
        return DataError(
            f"column {name!r} is {'always' if label else 'never'} {positive!r}",
            "the label is positive in some rows, and has one other value in the rest",
            "Bring rows of both, or correct positive in the pipeline's YAML",
        )

    def _check_blank_lines(self, table: StoredTable) -> None:
        # A row of one empty cell is written as a blank line, which readers of CSV skip.
        name, *others = (name for name in self._names if name != self._table.label)
        # Of text, that is looked at once it is encoded.
        if others or name in self._texts.names or not pa.types.is_floating(table.schema.field(name).type):
            return
        missing = np.isnan(table.column(name))
        if missing.any():
            raise self._fault(
                name, int(missing.argmax()), Rule("the only feature is never empty", "Remove the row")
            )

    def _fault(self, name: str, at: int, rule: Rule) -> DataError:
        is_ = f" is {self._quoted(name, at)}" if self._table.shows(name) else ""
        return DataError(f"row {row_number(at)}, column {name!r}{is_}", rule.rule, rule.mend)

    def _quoted(self, name: str, at: int) -> str:
        for cells in self._text(name):
            if at < len(cells):
                return repr((cells[at].as_py() or "")[:_SHOWN])
            at -= len(cells)
        raise LookupError(at)

    def _text(self, name: str) -> Iterator[pa.StringArray]:
        return (self._blocks.text(block, (name,)).column(0) for block in blocks(self._file))


def _types_of(cells: Cells) -> dict[str, pa.DataType]:
    return {kept.name: kept.type for kept in cells.numbers.schema}
