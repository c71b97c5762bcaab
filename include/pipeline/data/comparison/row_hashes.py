"""Rows told apart by hashes: how many are equal to an earlier one, and what a table begins with."""

import hashlib
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterable

_PRIME = np.uint64(1_000_003)


def row_hashes(frame: pd.DataFrame) -> np.ndarray:
    """Hash each row: two rows have the same hash where all their cells are equal.

    Not `pandas.util.hash_pandas_object`, to which 1 as a whole number and 1.0 differ: a column is read as
    either, by what else it holds.

    Args:
        frame: Numbers, NaN in empty cells.

    Returns:
        Shape `(rows,)`, 64 bits each.
    """
    hashes = np.zeros(len(frame), dtype="uint64")
    for name in frame.columns:
        numbers = frame[name].to_numpy(dtype="float64")
        # One NaN and one 0: equal numbers have the same bytes.
        values = np.where(np.isnan(numbers), np.nan, numbers) + 0.0
        hashes = hashes * _PRIME ^ pd.util.hash_array(values)
    return hashes


def content_sha256(hashes: np.ndarray, columns: "Iterable[str]") -> str:
    """Return the SHA-256, in hex, of rows in their order, and of the names of their columns.

    Args:
        hashes: Of the rows, as `row_hashes` returns them.
        columns: Their names.
    """
    content = hashlib.sha256(repr(tuple(columns)).encode())
    content.update(hashes.tobytes())
    return content.hexdigest()


def duplicates(hashes: np.ndarray, most: int) -> int:
    """Count the rows that are equal to one before them.

    Args:
        hashes: Of the rows, as `row_hashes` returns them.
        most: Among so many rows, drawn at random where there are more: the more rows there are, the more
            are equal by chance.
    """
    if len(hashes) > most:
        # Sorted first: whatever their order in the file, the same are drawn.
        hashes = np.random.RandomState(0).choice(np.sort(hashes), most, replace=False)
    return len(hashes) - len(np.unique(hashes))
