"""Tables between what the pipeline stores and pandas."""

import io

import numpy as np
import pandas as pd
import pyarrow as pa

from include.pipeline.data.stored_table import StoredTable, TableWriter
from include.pipeline.data.table import read_table
from include.pipeline.documents.table.config import TableConfig


def stored(frame: pd.DataFrame) -> StoredTable:
    """Store a frame in memory, its columns as they are: whole numbers, or floats."""
    columns = [np.asarray(frame[name]) for name in frame.columns]
    numbers = [column if column.dtype.kind == "f" else column.astype("int64") for column in columns]
    writer = TableWriter(None)
    # In two pieces, as a large table is in many.
    for rows in (slice(0, len(frame) // 3), slice(len(frame) // 3, None)):
        parts = [pa.array(column[rows].astype(column.dtype, copy=True)) for column in numbers]
        writer.append(pa.RecordBatch.from_arrays(parts, names=list(frame.columns)))
    return writer.finish()


def frame_of(table: StoredTable, label: str) -> pd.DataFrame:
    """Return all features as floats, the label as whole numbers."""
    return pd.DataFrame(
        {name: table.column(name).astype("int64" if name == label else "float64") for name in table.names}
    )


def read_frame(content: bytes, table: TableConfig) -> pd.DataFrame:
    """Read a table, and return it as `frame_of` does."""
    return frame_of(read_table(io.BytesIO(content), table), table.label)
