"""Rows told apart by hashes: how many are equal to an earlier one, and what a table begins with."""

import hashlib
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from pandas.util import hash_array

from include.pipeline.data.stored_table import StoredTable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_PRIME = np.uint64(1_000_003)
# A column of no more bits has few values: each is hashed once.
_FEW_BITS = 16
# Of 64 bits, a float tells 53 apart.
_BEYOND_A_FLOAT = np.uint64(11)


def row_hashes(table: StoredTable, names: "Sequence[str] | None" = None) -> np.ndarray:
    """Hash each row: two rows have the same hash where all their cells are equal.

    Not `pandas.util.hash_pandas_object`, to which 1 as a whole number and 1.0 differ: a column is read as
    either, by what else it holds.

    Args:
        table: Numbers, NaN in empty cells.
        names: The columns that count; all by default.

    Returns:
        Shape `(rows,)`, 64 bits each.
    """
    hashes = np.zeros(table.rows, dtype="uint64")
    first = 0
    chosen = names or table.names
    # By their text: in another version of the data, a value has another number.
    of_text = {name: _hashed_text(found.in_order) for name, found in table.categories.items()}
    for batch in table.batches(chosen):
        part = hashes[first : first + batch.num_rows]
        for name, column in zip(chosen, batch.columns, strict=True):
            numbers = column.to_numpy()
            part *= _PRIME
            part ^= of_text[name][numbers] if name in of_text else _hashed(numbers)
        first += batch.num_rows
    return hashes


def values_to_compare(table: StoredTable, name: str) -> np.ndarray:
    """Return a column by numbers that mean the same in every version: of a category, hashes of its text.

    So frequent values have bins of their own, as those of numbers have, and rare ones share some.

    Returns:
        In the table's order, NaN where a cell is empty: shape `(rows,)`.
    """
    numbers = table.column(name)
    if name not in table.categories:
        return numbers
    hashes = (_hashed_text(table.categories[name].in_order) >> _BEYOND_A_FLOAT).astype("float64")
    hashes[-1] = np.nan
    return np.asarray(hashes[numbers])


def _hashed_text(values: "Sequence[str]") -> np.ndarray:
    """Hash the values of a category in their order, and a missing one at the end."""
    text = np.array([*values, ""], dtype=object)
    return hash_array(text, categorize=False)


def _hashed(numbers: np.ndarray) -> np.ndarray:
    if numbers.dtype.kind == "i" and 8 * numbers.dtype.itemsize <= _FEW_BITS:
        return np.asarray(_hashes_of_all(numbers.dtype)[numbers])
    values = numbers.astype("float64")
    # One NaN and one 0: equal numbers have the same bytes.
    values[np.isnan(values)] = np.nan
    return hash_array(values + 0.0)


@cache
def _hashes_of_all(kind: np.dtype) -> np.ndarray:
    """Hash all numbers of a type: from 0 on, then those below 0, as such an index counts from the end."""
    bounds = np.iinfo(kind)
    every = np.arange(bounds.min, bounds.max + 1, dtype="float64")
    return hash_array(np.roll(every, bounds.min))


def content_sha256(hashes: np.ndarray, columns: "Iterable[str]") -> str:
    """Return the SHA-256, in hex, of rows in their order, and of the names of their columns.

    Args:
        hashes: Of the rows, as `row_hashes` returns them.
        columns: Their names.
    """
    content = hashlib.sha256(repr(tuple(columns)).encode())
    content.update(np.ascontiguousarray(hashes).data)
    return content.hexdigest()


def duplicates(hashes: np.ndarray, most: int) -> int:
    """Count the rows that are equal to one before them.

    Args:
        hashes: Of the rows, as `row_hashes` returns them. They are sorted where they are.
        most: Among so many rows, drawn at random where there are more: the more rows there are, the more
            are equal by chance.
    """
    hashes.sort()
    if len(hashes) > most:
        # Of sorted ones: whatever their order in the file, the same are drawn.
        hashes = np.sort(np.random.RandomState(0).choice(hashes, most, replace=False))
    return int((hashes[1:] == hashes[:-1]).sum())
