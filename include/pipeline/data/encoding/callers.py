"""Rows as a table has them, encoded for an endpoint by the model's encoding.json and nothing else."""

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO

import pyarrow as pa

from include.pipeline.data.encoding.apply import check_blank_lines, encode
from include.pipeline.data.encoding.cells import NoDateError, clean, days_of
from include.pipeline.data.encoding.record import Date, Encoding, Number
from include.pipeline.data.places import row_number
from include.pipeline.data.reading.blocks import blocks
from include.pipeline.data.reading.cells import BlockReader, RaggedRowError
from include.pipeline.data.reading.header import read_header
from include.pipeline.data.stored_table import wider
from include.pipeline.data.writing.csv_file import csv_text
from include.pipeline.errors import DataError


@dataclass(frozen=True)
class EncodedBlock:
    """Some rows of a file."""

    first: int
    """The place of the first of them in the file, from 0 on."""
    cells: pa.RecordBatch
    """The columns that the encoding names, as `encode` takes them."""
    features: pa.RecordBatch
    """What the model gets."""
    vanished: Mapping[str, int]
    """Of columns with a number that 64 bits have as 0, the place in the block of the first such."""

    @property
    def csv(self) -> pa.Buffer:
        """The features as an endpoint takes them: lines without header."""
        return csv_text(pa.Table.from_batches([self.features]))


def encode_csv(content: bytes, encoding: Encoding) -> bytes:
    """Encode rows for an endpoint: CSV lines without header, as the model was trained on.

    Args:
        content: CSV in UTF-8 with a header. Columns that the encoding does not have are left out.
        encoding: The model's.

    Raises:
        DataError: A column is absent, or a cell is no number or no date.
    """
    return b"".join(block.csv.to_pybytes() for block in encoded_blocks(io.BytesIO(content), encoding))


def encoded_blocks(file: BinaryIO, encoding: Encoding) -> Iterator[EncodedBlock]:
    """Encode a file, some rows at a time, in its order.

    Args:
        file: CSV in UTF-8 with a header. Columns that the encoding does not have are left out.
        encoding: The model's.

    Raises:
        DataError: A column is absent, or a cell is no number or no date.
    """
    header = read_header(file)
    wanted = [column.name for column in encoding.columns]
    if absent := [name for name in wanted if header.count(name) != 1]:
        raise DataError(
            f"column {absent[0]!r} is there {header.count(absent[0])} times",
            "each column that the model was trained on is there once",
            "Bring rows with the columns of encoding.json",
        )
    of_kind = {column.name: column for column in encoding.columns}
    reader = BlockReader(
        tuple(header),
        tuple(name for name in wanted if isinstance(of_kind[name], Number)),
        tuple(name for name in wanted if not isinstance(of_kind[name], Number)),
        encoding.missing,
        frozenset(
            column.name for column in encoding.columns if isinstance(column, Number) and column.is_named
        ),
    )
    rows, types = 0, dict[str, pa.DataType]()
    for block in blocks(file):
        cells, vanished = _cells(block, reader, encoding, rows, types)
        if not cells.num_rows:  # blank lines
            continue
        features = encode(cells, encoding)
        check_blank_lines(features, rows)
        yield EncodedBlock(rows, cells, features, vanished)
        rows += features.num_rows


def _cells(
    block: bytes, reader: BlockReader, encoding: Encoding, rows: int, types: dict[str, pa.DataType]
) -> tuple[pa.RecordBatch, Mapping[str, int]]:
    try:
        cells = reader.numbers(block, types)
    except RaggedRowError as error:
        raise DataError(
            f"row {row_number(rows + error.row.number - 1)} has {error.row.actual_columns} cells",
            f"every row has {error.row.expected_columns}, as the header",
            "Correct the row",
        ) from None
    for name, (place, _) in cells.no_numbers.items():
        raise _no_value(name, rows + place, "a number")
    # Blocks whose columns are of the types of those before are read sooner.
    types |= {kept.name: wider(types.get(kept.name, kept.type), kept.type) for kept in cells.numbers.schema}
    columns = []
    for column in encoding.columns:
        if isinstance(column, Number):
            columns.append(cells.numbers.column(column.name))
            continue
        text = clean(cells.text[column.name], encoding.missing)
        try:
            columns.append(days_of(text, column.order) if isinstance(column, Date) else text)
        except NoDateError as error:
            raise _no_value(column.name, rows + error.place, f"a date, {error.written}") from None
    named = pa.RecordBatch.from_arrays(columns, names=[column.name for column in encoding.columns])
    return named, cells.vanished


def _no_value(name: str, at: int, kind: str) -> DataError:
    return DataError(
        f"row {row_number(at)}, column {name!r}", f"a cell is {kind}, or empty", "Correct the cell"
    )
