"""Numbers as pandas writes them into CSV files."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from include.pipeline.data.in_order import in_order
from include.pipeline.data.writing.buckets import Bucket, fill_buckets
from include.pipeline.data.writing.rows import Rows

# From one to the other, pyarrow writes the digits of a float as Python does, but for `.0`.
_SMALLEST_ALIKE = 1e-4
_LARGEST_ALIKE = 1e10


def write_rows(rows: Rows, names: Sequence[str], path: Path) -> None:
    """Write rows as pandas' `to_csv(header=False, index=False)` does, to the byte.

    Args:
        rows: In the order in which they are written.
        names: Their columns, in the order in which they are written.
        path: Of the file.
    """
    with path.open("wb") as file, tempfile.TemporaryDirectory() as folder:
        for text in in_order(_csv, fill_buckets(rows, names, Path(folder))):
            file.write(text)


def _csv(bucket: Bucket) -> pa.Buffer:
    rows = bucket.take()
    text = pa.table([_text(column) for column in rows.columns], names=rows.column_names)
    sink = pa.BufferOutputStream()
    # Larger batches than pyarrow's own 1,024 rows: each costs something a column.
    options = pa.csv.WriteOptions(include_header=False, batch_size=2**16, quoting_style="none")
    pa.csv.write_csv(text, sink, options)
    return sink.getvalue()


def _text(column: pa.ChunkedArray) -> pa.ChunkedArray | pa.Array:
    if pa.types.is_integer(column.type):
        return column
    return float_text(column.to_numpy())


def float_text(values: np.ndarray) -> pa.StringArray:
    """Write each number in the fewest digits that tell it from all others, as `str` does; NaN is null."""
    missing = np.isnan(values)
    size = np.abs(values)
    alike = ((size >= _SMALLEST_ALIKE) & (size < _LARGEST_ALIKE)) | (size == 0)
    text = pa.array(values, mask=missing).cast(pa.string())
    ends = pa.array(np.where(alike & (values == np.floor(values)), ".0", ""))
    text = pc.binary_join_element_wise(text, ends, "")
    other = ~alike & ~missing
    return pc.replace_with_mask(
        text, pa.array(other), pa.array(values[other].astype(str).tolist(), pa.string())
    )
