"""The checked table, in pieces of many rows: on the worker's disk, where it need not fit into memory."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

_Piece: TypeAlias = "pa.RecordBatch | Path"


@dataclass(frozen=True)
class StoredTable:
    """Columns of numbers: whole ones in the narrowest type that holds all, or float64, NaN where empty."""

    schema: pa.Schema
    """Names and types of the columns, in the file's order."""
    rows: int
    """How many there are."""
    _pieces: tuple[_Piece, ...] = field(repr=False)
    """Each has rows of all columns, a column in the type that holds its rows."""

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
        return values

    def batches(self, names: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """Return these columns, in the types of the schema, some rows at a time, from the first row on."""
        schema = pa.schema([self.schema.field(name) for name in names])
        for piece in self._pieces:
            yield _columns(piece, names).cast(schema)


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

    def finish(self) -> StoredTable:
        """Return what was stored."""
        return StoredTable(pa.schema(list(self._types.items())), self._rows, tuple(self._pieces))


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
