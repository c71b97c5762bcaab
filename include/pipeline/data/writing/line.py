"""Where each row is on a line from 0 to 1: its beginning is trained on, its end is tested.

A shuffle puts all rows anew, so that a row that one version trains on is tested on by the next. It may leave
a rare class to one side, tests on rows between those that it trains on in time, and on customers that the
model knows. Each way to place rows mends one of that.
"""

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy.stats import rankdata  # type: ignore[import-untyped]

from include.pipeline.data.comparison.row_hashes import row_hashes
from include.pipeline.data.encoding.cells import clean, moments_of
from include.pipeline.data.places import row_number
from include.pipeline.data.reading.whole_columns import read_text
from include.pipeline.data.writing.rows import Rows, shuffled
from include.pipeline.documents.split import Sides
from include.pipeline.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from include.pipeline.data.stored_table import StoredTable
    from include.pipeline.documents.table.config import TableConfig

_BITS = 64
# One to train on and one to test on, of keys or moments.
_FEWEST = 2


@dataclass(frozen=True)
class Line:
    """The rows of a table on a line."""

    places: np.ndarray
    """From 0 to 1, in the file's order, shape `(rows,)`."""
    table: "TableConfig"
    """Says how they were found."""
    times: np.ndarray | None = field(default=None, repr=False)
    """Where time decides: that of each row, shape `(rows,)`."""

    def sides(self, train: Rows, test: Rows) -> Sides:
        """Say what decided, for people."""
        rule, column = self.table.split, self.table.time or self.table.key
        if self.times is not None:
            start = self.times[test.order].min()
            shown = column is not None and self.table.shows(column)
            is_date = column in self.table.encoded
            return Sides(by=rule, column=column, tested_from=_told(start, is_date=is_date) if shown else None)
        if column is None:
            return Sides(by=rule)
        # All rows of a key have one place, and no other key has it.
        keys = (len(np.unique(self.places[side.order])) for side in (train, test))
        return Sides(by=rule, column=column, train_groups=next(keys), test_groups=next(keys))


def places_on_the_line(data: "StoredTable", file: BinaryIO, table: "TableConfig", seed: int) -> Line:
    """Give each row a place by the table's way to split.

    Rows of one key have the same, and so have rows of one time; by hash without a key, rows with equal
    features, whichever their label.

    Args:
        data: As `read_table` returns it.
        file: From which it was read, and which has the key, and a time that is dropped.
        table: Names the label, and the key or the time.
        seed: Another one gives other places, but by time.

    Raises:
        DataError: A row has no key or no time, or all rows have the same.
    """
    if table.time is not None:
        times = _read_times(data, file, table, table.time)
        return Line(_by_rank(times), table, times)
    if table.split == "stratified":
        return Line(_stratified(data, table.label, seed), table)
    if table.key is None:
        hashes = row_hashes(data, [name for name in data.names if name != table.label])
        return Line(_hashed((value.tobytes() for value in hashes), len(hashes), seed), table)
    keys = _read_keys(file, table.key, data.rows)
    if table.split == "group":
        return Line(_by_group(keys, table.key, seed), table)
    return Line(_hashed((str(key).encode() for key in keys.to_pylist()), len(keys), seed), table)


def _by_rank(values: np.ndarray) -> np.ndarray:
    """Place rows in the order of their values; those of one value share the middle of their places."""
    return np.asarray((rankdata(values) - 0.5) / len(values))


def _stratified(data: "StoredTable", label: str, seed: int) -> np.ndarray:
    """Place the rows of each label evenly along the whole line, in the order of the shuffle."""
    order = shuffled(data, seed).order
    labels = data.column(label)
    places = np.empty(data.rows)
    for value in np.unique(labels):
        rows = order[labels[order] == value]
        places[rows] = (np.arange(len(rows)) + 0.5) / len(rows)
    return places


def _by_group(keys: pa.ChunkedArray, name: str, seed: int) -> np.ndarray:
    """Shuffle the keys, and place the rows of each in their middle."""
    encoded = keys.combine_chunks().dictionary_encode()
    groups = len(encoded.dictionary)
    if groups < _FEWEST:
        raise DataError(
            f"column {name!r}, the key, has the same value in every row",
            "by group, some keys are trained on and others are tested",
            "Bring rows of more keys, or take another split in the pipeline's YAML",
        )
    # By the alphabet first: where a row stands in the file decides nothing.
    numbers = np.empty(groups, dtype=np.int64)
    numbers[pc.sort_indices(encoded.dictionary).to_numpy()] = np.random.RandomState(seed).permutation(groups)
    return _by_rank(numbers[encoded.indices.to_numpy()])


def _hashed(values: "Iterable[bytes]", count: int, seed: int) -> np.ndarray:
    # A hash of the standard library's: the next version of a package must not move a row.
    begun = hashlib.blake2b(f"{seed}:".encode(), digest_size=_BITS // 8)

    def place(value: bytes) -> int:
        digest = begun.copy()
        digest.update(value)
        return int.from_bytes(digest.digest(), "big")

    return np.fromiter((place(value) for value in values), dtype="uint64", count=count) / 2.0**_BITS


def _read_keys(file: BinaryIO, key: str, rows: int) -> pa.ChunkedArray:
    column = read_text(file, [key], "the key", rows)[key]
    if column.null_count:
        empty = column.is_null().index(True).as_py()
        raise DataError(
            f"column {key!r}, the key, is empty in row {row_number(empty)}",
            "each row has a key",
            "Fill in the cell, or leave the row out",
        )
    return column


def _read_times(data: "StoredTable", file: BinaryIO, table: "TableConfig", name: str) -> np.ndarray:
    if name in data.names:
        times = data.column(name).astype(np.float64)
    else:
        times = _dropped_times(file, table, name, data.rows)
    if (missing := np.isnan(times)).any():
        raise DataError(
            f"column {name!r}, the time, is empty in row {row_number(int(missing.argmax()))}",
            "by time, each row has one",
            "Fill in the cell, leave the row out, or take another split in the pipeline's YAML",
        )
    if times.min() == times.max():
        raise DataError(
            f"column {name!r}, the time, is the same in every row",
            "by time, the older rows are trained on and the newest are tested",
            "Bring rows of other times, or take another split in the pipeline's YAML",
        )
    return times


def _dropped_times(file: BinaryIO, table: "TableConfig", name: str, rows: int) -> np.ndarray:
    text = clean(read_text(file, [name], "the time", rows)[name].combine_chunks(), table.missing)
    try:
        return np.asarray(text.cast(pa.float64()).fill_null(float("nan")))
    except pa.ArrowInvalid:
        raise DataError(
            f"column {name!r}, the time, is dropped, and not a number in every row",
            "the time is a number, or a date that the YAML names as one",
            "In the pipeline's YAML, take it out of drop, and write below table, columns: "
            f"{name}: {{kind: date, parts: []}}",
        ) from None


def _told(time: float, *, is_date: bool) -> str:
    if not is_date:
        return f"{time:.15g}"
    moment = moments_of(pa.array([time]))[0].as_py()
    return f"{moment:%Y-%m-%d}" if moment.time() == moment.min.time() else f"{moment:%Y-%m-%d %H:%M:%S}"
