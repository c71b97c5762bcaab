"""Which side of the split each row is on, where a hash decides: the same one in every version of the data.

A shuffle puts all rows anew, so that a row that one version trains on is tested on by the next.
"""

import hashlib
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from include.pipeline.data.comparison.row_hashes import row_hashes
from include.pipeline.data.parts import check_classes
from include.pipeline.data.places import row_number
from include.pipeline.data.reading.whole_columns import read_text
from include.pipeline.data.writing.rows import Rows, shuffled
from include.pipeline.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from include.pipeline.data.stored_table import StoredTable
    from include.pipeline.documents.table.config import TableConfig

_BITS = 64


def places_on_the_line(data: "StoredTable", file: BinaryIO, table: "TableConfig", seed: int) -> np.ndarray:
    """Give each row a number from 0 to 1, by its key, or, without one, by its features.

    Rows with equal features, whichever their label, have the same; so do all rows of one key.

    Args:
        data: As `read_table` returns it.
        file: From which it was read, and which has the key.
        table: Names the label and the key.
        seed: Another one gives other numbers.

    Returns:
        In the file's order, shape `(rows,)`.

    Raises:
        DataError: There is no such key, or a row has none.
    """
    if table.key is None:
        hashes = row_hashes(data, [name for name in data.names if name != table.label])
        return _on_the_line((value.tobytes() for value in hashes), len(hashes), seed)
    keys = _read_keys(file, table.key, data.rows)
    return _on_the_line((str(key).encode() for key in keys), len(keys), seed)


def split_by_place(
    data: "StoredTable",
    places: np.ndarray,
    table: "TableConfig",
    *,
    train_fraction: float,
    validation_fraction: float,
    seed: int,
) -> tuple[Rows, Rows, Rows]:
    """Cut the shuffled rows in three: to train on, to validate on, to test on.

    Their sizes are about the fractions.

    Args:
        data: As `read_table` returns it.
        places: As `places_on_the_line` returns them.
        table: Names the label.
        train_fraction: A row below is not tested on.
        validation_fraction: Share of these that is kept from training.
        seed: Of the shuffle.

    Raises:
        DataError: One side does not have rows of both classes.
    """
    whole = shuffled(data, seed)
    on_line, end = places[whole.order], train_fraction * (1 - validation_fraction)
    train, validation, test = (
        Rows(data, whole.order[chosen])
        for chosen in (
            on_line < end,
            (on_line >= end) & (on_line < train_fraction),
            on_line >= train_fraction,
        )
    )
    check_classes({"train": train, "test": test}, whole, table, "train_fraction")
    if validation_fraction:
        check_classes({"validation": validation}, whole, table, "validation_fraction")
    return train, validation, test


def _on_the_line(values: "Iterable[bytes]", count: int, seed: int) -> np.ndarray:
    # A hash of the standard library's: the next version of a package must not move a row.
    begun = hashlib.blake2b(f"{seed}:".encode(), digest_size=_BITS // 8)

    def place(value: bytes) -> int:
        digest = begun.copy()
        digest.update(value)
        return int.from_bytes(digest.digest(), "big")

    return np.fromiter((place(value) for value in values), dtype="uint64", count=count) / 2.0**_BITS


def _read_keys(file: BinaryIO, key: str, rows: int) -> list[str]:
    column = read_text(file, [key], "the key", rows)[key]
    if column.null_count:
        empty = column.is_null().index(True).as_py()
        raise DataError(
            f"column {key!r}, the key, is empty in row {row_number(empty)}",
            "each row has a key",
            "Fill in the cell, or leave the row out",
        )
    keys: list[str] = column.to_pylist()
    return keys
