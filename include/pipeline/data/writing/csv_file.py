"""Numbers as pandas writes them into CSV files."""

import itertools
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from include.pipeline.data.writing.buckets import Bucket, fill_buckets
from include.pipeline.data.writing.rows import Rows
from include.work.in_order import in_order
from include.work.progress import Progress

# From one to the other, pyarrow writes the digits of a float as Python does, but for `.0`.
_SMALLEST_ALIKE = 1e-4
_LARGEST_ALIKE = 1e10
_LARGEST_DIGIT = 9


def write_rows(rows: Rows, names: Sequence[str], path: Path) -> None:
    """Write rows as pandas' `to_csv(header=False, index=False)` does, to the byte.

    Args:
        rows: In the order in which they are written.
        names: Their columns, in the order in which they are written.
        path: Of the file.
    """
    progress, written = Progress(f"Writing {path.name}", len(rows)), 0
    with path.open("wb") as file, tempfile.TemporaryDirectory() as folder:
        for text, count in in_order(_csv, fill_buckets(rows, names, Path(folder))):
            file.write(text)
            written += count
            progress.reached(written)


def _csv(bucket: Bucket) -> tuple[pa.Buffer, int]:
    taken = bucket.take()
    return csv_text(taken), taken.num_rows


def csv_text(rows: pa.Table) -> pa.Buffer:
    """Write whole numbers and floats as the lines of a CSV file."""
    texts = []
    for is_digit, group in itertools.groupby(rows.columns, _is_digit):
        columns = [column.to_numpy() for column in group]
        texts += [_digits(columns)] if is_digit else [_text(column) for column in columns]
    texts[-1] = pc.binary_join_element_wise(texts[-1], "\n", "", null_handling="replace")
    lines = pc.binary_join_element_wise(*texts, ",", null_handling="replace")
    # The characters of an array of strings follow each other without a gap.
    _, offsets, characters = lines.buffers()
    return characters[: np.frombuffer(offsets, dtype=np.int32)[rows.num_rows]]


def _is_digit(column: pa.ChunkedArray) -> bool:
    """Tell whether each number of a column is written as one digit, as those that mark a category are."""
    if not pa.types.is_integer(column.type):
        return False
    least, most = pc.min_max(column).values()
    return bool(least.as_py() >= 0 and most.as_py() <= _LARGEST_DIGIT)


def _digits(columns: list[np.ndarray]) -> pa.StringArray:
    """Write columns of digits, with commas between them: all lines are of one length."""
    rows, width = len(columns[0]), 2 * len(columns) - 1
    text = np.full((rows, width), ord(","), dtype=np.uint8)
    for at, column in enumerate(columns):
        np.add(column, ord("0"), out=text[:, 2 * at], casting="unsafe")
    offsets = np.arange(rows + 1, dtype=np.int32) * width
    return pa.StringArray.from_buffers(rows, pa.py_buffer(offsets), pa.py_buffer(text))


def _text(column: np.ndarray) -> pa.StringArray:
    return float_text(column) if column.dtype.kind == "f" else pa.array(column).cast(pa.string())


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
