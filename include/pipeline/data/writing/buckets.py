"""Rows put into another order on disk, in two passes over a table that need not fit into memory.

The new order is cut into buckets that do fit. The first pass reads the table from top to bottom, and puts
each row into its bucket. The second sorts one bucket at a time.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from include.pipeline.data.writing.rows import Rows, parts

# Of numbers as they are stored: as text they are about twice as large.
_BUCKET_BYTES = 8 * 2**20
# So many files are open at once.
_MOST_BUCKETS = 256
# Rows that are put into their buckets at once: each bucket gets a batch of them.
_ROWS_AT_ONCE = 2**18


@dataclass(frozen=True)
class Bucket:
    """Some of the rows, which follow each other in the new order."""

    path: Path
    """Has them in the table's order; the last column is their place in the new one."""
    first: int
    """Place of the first."""

    def take(self) -> pa.Table:
        """Return the rows in the new order, and delete the file."""
        with pa.OSFile(str(self.path), "rb") as file, pa.ipc.open_stream(file) as reader:
            rows = reader.read_all().combine_chunks()
        self.path.unlink()
        *columns, places = range(rows.num_columns)
        where = np.empty(rows.num_rows, dtype=np.int64)
        where[rows.column(places).to_numpy() - self.first] = np.arange(rows.num_rows)
        return rows.select(columns).take(pa.array(where))


def fill_buckets(rows: Rows, names: Sequence[str], folder: Path) -> list[Bucket]:
    """Write the rows of a table into buckets.

    Args:
        rows: In the new order.
        names: Their columns, in the order in which they are wanted.
        folder: Gets a file for each bucket.
    """
    wanted = len(rows)
    schema = pa.schema([rows.table.schema.field(name) for name in names])
    row_bytes = sum(kind.bit_width for kind in schema.types) // 8
    # Of a row that is not wanted, a place beyond the last.
    places = np.full(rows.table.rows, wanted, dtype=np.min_scalar_type(wanted))
    for part in parts(wanted):
        order = rows.order[part]
        places[order] = np.arange(part.start, part.start + len(order), dtype=places.dtype)
    return put_into_buckets(rows.table.batches(names), schema, places, wanted, folder, row_bytes=row_bytes)


def put_into_buckets(
    batches: Iterator[pa.RecordBatch],
    schema: pa.Schema,
    places: np.ndarray,
    wanted: int,
    folder: Path,
    *,
    row_bytes: int,
) -> list[Bucket]:
    """Write rows into buckets by their places in the new order.

    Args:
        batches: Of all rows, in the order in which they come.
        schema: Of the batches.
        places: Of each row, in the new order; of one that is not wanted, `wanted`. Shape `(rows,)`.
        wanted: How many are.
        folder: Gets a file for each bucket.
        row_bytes: About how many bytes a row has.
    """
    size = max(_BUCKET_BYTES // row_bytes, -(-wanted // _MOST_BUCKETS), 1)
    buckets = [
        Bucket(folder / f"bucket-{number}.arrow", first)
        for number, first in enumerate(range(0, wanted, size))
    ]
    with ExitStack() as stack:
        writers = [
            stack.enter_context(
                pa.ipc.new_stream(
                    stack.enter_context(pa.OSFile(str(bucket.path), "wb")),
                    schema.append(pa.field("", pa.from_numpy_dtype(places.dtype))),
                )
            )
            for bucket in buckets
        ]
        for first, batch in _joined(batches):
            here = places[first : first + batch.num_rows]
            own = np.flatnonzero(here < wanted)
            bucket_of = (here[own].astype(np.int64) // size).astype(np.uint16)
            own = own[np.argsort(bucket_of, kind="stable")]
            sorted_rows = batch.take(pa.array(own)).append_column("", pa.array(here[own]))
            counts = np.bincount(bucket_of, minlength=len(buckets))
            starts = np.cumsum(counts) - counts
            for writer, start, count in zip(writers, starts, counts, strict=True):
                if count:
                    writer.write_batch(sorted_rows.slice(start, count))
    return buckets


def _joined(batches: Iterator[pa.RecordBatch]) -> Iterator[tuple[int, pa.RecordBatch]]:
    """Join small batches, and number the first row of each."""
    first, waiting, rows = 0, [], 0
    for batch in batches:
        waiting.append(batch)
        rows += batch.num_rows
        if rows >= _ROWS_AT_ONCE:
            yield first, pa.concat_batches(waiting)
            first, waiting, rows = first + rows, [], 0
    if rows:
        yield first, pa.concat_batches(waiting)
