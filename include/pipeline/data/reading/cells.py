"""The cells of one block, as numbers or as text."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from include.pipeline.data.encoding.cells import NAMED_MISSING, USUAL_MISSING
from include.pipeline.data.stored_table import narrowed

# A whole number to pandas, which reads others as fractions.
_WHOLE = r"^[+-]?[0-9]+$"
# Whatever its exponent is, a number without these is none that 64 bits would have as 0.
_TINY = re.compile(rb"[eE]-\d{3}")
_ZEROS = b"0" * 200
# What of the columns fits into a processor's cache.
_PART_BYTES = 2**19


class RaggedRowError(Exception):
    """A row has more or fewer cells than the header."""

    def __init__(self, row: pa.csv.InvalidRow) -> None:
        super().__init__()
        self.row = row


@dataclass(frozen=True)
class Cells:
    """The columns of a block as numbers, and what of it is none."""

    numbers: pa.RecordBatch
    """Whole numbers in a narrow type, or float64, NaN where a cell is empty."""
    no_numbers: dict[str, tuple[int, str]] = field(default_factory=dict)
    """Of columns with a cell that is no number, the first such: its place in the block, and its text."""
    vanished: dict[str, int] = field(default_factory=dict)
    """Of columns with a number that 64 bits have as 0, the place of the first such."""
    text: Mapping[str, pa.StringArray] = field(default_factory=dict)
    """The columns that are read as text, as they are written, null where a cell stands for no value."""


@dataclass(frozen=True)
class BlockReader:
    """Reads the blocks of one file."""

    header: tuple[str, ...]
    """All columns of the file."""
    columns: tuple[str, ...]
    """Those to read as numbers."""
    texts: tuple[str, ...] = ()
    """Those to read as text."""
    missing: tuple[str, ...] = ()
    """What stands for no value in any column, beside the usual words."""
    named: frozenset[str] = frozenset()
    """Of the numbers, those in which `?` stands for no value as well."""

    def numbers(self, block: bytes, types: dict[str, pa.DataType]) -> Cells:
        """Read a block as numbers, quickly where the columns have the types that are expected.

        Args:
            block: Whole rows.
            types: Of earlier blocks; of some columns, or of none.

        Raises:
            RaggedRowError: A row has not one cell for each column.
            ArrowInvalid: The block is no CSV.
        """
        if len(types) == len(self.columns) and not _is_odd(block, types):
            wanted = types | dict.fromkeys(self.texts, pa.string())
            try:
                # Within quotes, pyarrow would cut as well.
                read = self._read(block, wanted, _PART_BYTES if b'"' not in block else len(block))
            except (pa.ArrowInvalid, RaggedRowError):
                pass
            else:
                found = [_without_nulls(read.column(name)) for name in self.columns]
                if all(column is not None for column in found):
                    return Cells(
                        _batch(found, self.columns, read.num_rows),
                        text={name: read.column(name) for name in self.texts},
                    )
        return self._numbers_of_text(block)

    def text(self, block: bytes, columns: tuple[str, ...]) -> pa.RecordBatch:
        """Read columns of a block as text, null where a cell is empty or stands for no value.

        Raises:
            RaggedRowError: A row has not one cell for each column.
            ArrowInvalid: The block is no CSV.
        """
        return self._read(block, dict.fromkeys(columns, pa.string()), len(block))

    def _read(self, block: bytes, types: dict[str, pa.DataType], part_bytes: int) -> pa.RecordBatch:
        ragged: list[pa.csv.InvalidRow] = []

        def refuse(row: pa.csv.InvalidRow) -> str:
            ragged.append(row)
            return "error"

        try:
            table = pa.csv.read_csv(
                pa.py_buffer(block),
                # With threads of its own, pyarrow does not know which row is at fault.
                read_options=pa.csv.ReadOptions(
                    use_threads=False, block_size=part_bytes + 1, column_names=self.header
                ),
                parse_options=pa.csv.ParseOptions(invalid_row_handler=refuse),
                convert_options=pa.csv.ConvertOptions(
                    include_columns=list(types),
                    column_types=types,
                    null_values=[*USUAL_MISSING, *self.missing],
                    strings_can_be_null=True,
                ),
            )
        except pa.ArrowInvalid:
            if ragged:
                raise RaggedRowError(ragged[0]) from None
            raise
        return table.combine_chunks().to_batches()[0] if table.num_rows else _no_rows(types)

    def _numbers_of_text(self, block: bytes) -> Cells:
        cells = self.text(block, (*self.columns, *self.texts))
        numbers, no_numbers, vanished = [], {}, {}
        for name in self.columns:
            text = pc.utf8_trim_whitespace(cells.column(name))
            if name in self.named:
                text = pc.if_else(pc.equal(text, NAMED_MISSING), None, text)
            try:
                found = _as_numbers(text)
            except pa.ArrowInvalid:
                place = _first_no_number(text)
                no_numbers[name] = place, text[place].as_py()
                found = pa.array(np.full(len(text), np.nan))
            else:
                if pa.types.is_floating(found.type) and (at := _first_vanished(text, found)) is not None:
                    vanished[name] = at
            numbers.append(found)
        return Cells(
            _batch(numbers, self.columns, cells.num_rows),
            no_numbers,
            vanished,
            {name: cells.column(name) for name in self.texts},
        )


def _is_odd(block: bytes, types: dict[str, pa.DataType]) -> bool:
    """Tell whether pyarrow may read cells as numbers that are none, or are too small for 64 bits."""
    if (b"x" in block or b"X" in block) and (b"0x" in block or b"0X" in block):
        return True
    if not any(pa.types.is_floating(kind) for kind in types.values()):
        return False
    has_exponent = b"e-" in block or b"E-" in block
    return _ZEROS in block or (has_exponent and _TINY.search(block) is not None)


def _without_nulls(column: pa.Array) -> pa.Array | None:
    if not column.null_count:
        return column
    return column.fill_null(np.nan) if pa.types.is_floating(column.type) else None


def _as_numbers(text: pa.StringArray) -> pa.Array:
    """Convert cells as pandas does: whole numbers where all are, and of no more than 64 bits."""
    if not text.null_count and pc.all(pc.match_substring_regex(text, _WHOLE), min_count=0).as_py():
        try:
            return narrowed(pc.utf8_ltrim(text, "+").cast(pa.int64()))
        except pa.ArrowInvalid:
            pass
    return text.cast(pa.float64()).fill_null(np.nan)


def _first_no_number(text: pa.StringArray) -> int:
    """Find the first cell that is no number, by halves."""
    start, end = 0, len(text)
    while end - start > 1:
        half = (start + end) // 2
        try:
            text[start:half].cast(pa.float64())
        except pa.ArrowInvalid:
            end = half
        else:
            start = half
    return start


def _first_vanished(text: pa.StringArray, numbers: pa.Array) -> int | None:
    zeros = pc.unique(text.filter(pc.equal(numbers, 0)))
    vanished = zeros.filter(pc.match_substring_regex(zeros, "^[^eE]*[1-9]"))
    return pc.index(pc.is_in(text, vanished), True).as_py() if len(vanished) else None


def _batch(columns: list[pa.Array], names: tuple[str, ...], rows: int) -> pa.RecordBatch:
    if not names:
        # A batch without columns has to be told its rows.
        return pa.RecordBatch.from_struct_array(pa.array([{}] * rows, pa.struct([])))
    return pa.RecordBatch.from_arrays(columns, names=list(names))


def _no_rows(types: dict[str, pa.DataType]) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays([pa.array([], kind) for kind in types.values()], names=list(types))
