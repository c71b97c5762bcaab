"""The checked table, in pieces of many rows: on the worker's disk, where it need not fit into memory."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

_Piece: TypeAlias = "pa.RecordBatch | Path"


class Categories:
    """The values of a column of text, each of which has a number: its place in the alphabet, from 0 on."""

    missing = -1
    """The number of a cell without a value."""

    def __init__(self, values: Sequence[str]) -> None:
        """Put values into the order of the alphabet, that of Unicode's code points.

        Args:
            values: In the order of the numbers as which they are stored.
        """
        alphabet = sorted(range(len(values)), key=values.__getitem__)
        self.in_order = [values[place] for place in alphabet]
        """In the order of the alphabet."""
        self._numbers = np.full(len(values) + 1, self.missing, dtype=np.int32)
        self._numbers[alphabet] = np.arange(len(values))

    def numbers(self, stored: np.ndarray) -> np.ndarray:
        """Return the numbers of the values that stored ones mean."""
        return np.asarray(self._numbers[stored])


@dataclass(frozen=True)
class StoredTable:
    """Columns of numbers: whole ones in the narrowest type that holds all, or float64, NaN where empty.

    A category has whole numbers, as `Categories` has them.
    """

    schema: pa.Schema
    """Names and types of the columns, in the file's order."""
    rows: int
    """How many there are."""
    _pieces: tuple[_Piece, ...] = field(repr=False)
    """Each has rows of all columns, a column in the type that holds its rows."""
    categories: Mapping[str, Categories] = field(default_factory=dict, repr=False)
    """Of columns of text, the values that their numbers stand for."""

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The columns, in the file's order."""
        return tuple(self.schema.names)

    def column(self, name: str) -> np.ndarray:
        """Return a whole column, shape `(rows,)`."""
        values = np.empty(self.rows, dtype=self.schema.field(name).type.to_pandas_dtype())
        at = 0
        for piece in self._pieces:
            part = _columns(piece, [name]).column(0).to_numpy()
            values[at : at + len(part)] = part
            at += len(part)
        return self.categories[name].numbers(values) if name in self.categories else values

    def batches(self, names: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """Return these columns, in the types of the schema, some rows at a time, from the first row on."""
        schema = pa.schema([self.schema.field(name) for name in names])
        of_text = [place for place, name in enumerate(names) if name in self.categories]
        for piece in self._pieces:
            batch = _columns(piece, names).cast(schema)
            for place in of_text:
                numbers = self.categories[names[place]].numbers(batch.column(place).to_numpy())
                batch = batch.set_column(place, schema.field(place), pa.array(numbers))
            yield batch


class TableWriter:
    """Stores a table, whose columns may turn out wider from one batch to the next."""

    def __init__(self, folder: Path | None) -> None:
        """Keep the batches in files of this folder, or in memory without one."""
        self._folder = folder
        self._pieces: list[_Piece] = []
        self._types: dict[str, pa.DataType] = {}
        self._rows = 0

    def append(self, batch: pa.RecordBatch) -> None:
        """Store rows below the others: columns of whole numbers or of float64, nulls in neither."""
        for kept in batch.schema:
            self._types[kept.name] = wider(self._types.get(kept.name, kept.type), kept.type)
        self._rows += batch.num_rows
        if self._folder is None:
            self._pieces.append(batch)
            return
        path = self._folder / f"table-{len(self._pieces)}.arrow"
        with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, batch.schema) as writer:
            writer.write_batch(batch)
        self._pieces.append(path)

    def finish(self, values: Mapping[str, Sequence[str]] | None = None) -> StoredTable:
        """Return what was stored.

        Args:
            values: Of the columns of text, what their numbers stand for: the n-th for the n-th from 0 on, and
                none for -1.
        """
        categories = {name: Categories(found) for name, found in (values or {}).items()}
        types = self._types | dict.fromkeys(categories, pa.int32())
        return StoredTable(pa.schema(list(types.items())), self._rows, tuple(self._pieces), categories)


def wider(one: pa.DataType, other: pa.DataType) -> pa.DataType:
    """Return that of two types which holds the numbers of both."""
    if pa.types.is_floating(one) or pa.types.is_floating(other):
        return pa.float64()
    return max(one, other, key=lambda kind: kind.bit_width)


def narrowed(whole: pa.Array) -> pa.Array:
    """Return whole numbers in the narrowest type that holds them: in memory and on disk, size is time."""
    least, most = pc.min_max(whole).values()
    for kind in (pa.int8(), pa.int16(), pa.int32()):
        bounds = np.iinfo(kind.to_pandas_dtype())
        if least.is_valid and bounds.min <= least.as_py() and most.as_py() <= bounds.max:
            return whole.cast(kind)
    return whole


def _columns(piece: _Piece, names: Sequence[str]) -> pa.RecordBatch:
    if isinstance(piece, pa.RecordBatch):
        return piece.select(names)
    # Not mapped into memory: what was read of a map counts as memory of the process.
    with pa.OSFile(str(piece), "rb") as file:
        reader = pa.ipc.open_file(file)
        fields = [reader.schema.get_field_index(name) for name in names]
        if len(fields) < len(reader.schema):
            reader = pa.ipc.open_file(file, options=pa.ipc.IpcReadOptions(included_fields=sorted(fields)))
        return reader.get_batch(0).select(names)
