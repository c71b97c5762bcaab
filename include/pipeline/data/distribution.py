"""How often each value of a column is there: all that its bins, its range and its kind are made of."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


@dataclass(frozen=True)
class Distribution:
    """The values of a column, each once."""

    values: np.ndarray
    """Ascending, float64, without NaN."""
    rows: np.ndarray
    """How many rows have each."""
    missing: int
    """Rows without a value."""

    @property
    def present(self) -> int:
        """Rows with a value."""
        return int(self.rows.sum())

    def at(self, places: np.ndarray | int) -> np.ndarray:
        """Return the values at some places of the sorted column, from 0 on; from below, where negative."""
        wanted = np.where(np.asarray(places) < 0, np.asarray(places) + self.present, places)
        return self.values[np.searchsorted(np.cumsum(self.rows), wanted, side="right")]

    def rows_where(self, chosen: np.ndarray) -> int:
        """Count the rows that have one of the chosen values, given as booleans."""
        return int(self.rows[chosen].sum())


def distribution_of(column: np.ndarray) -> Distribution:
    """Count the values of a column of numbers; NaN is none."""
    if column.dtype.kind == "i":
        values, rows = (part.to_numpy() for part in pc.value_counts(pa.array(column)).flatten())
        ascending = np.argsort(values)
        return Distribution(values[ascending].astype(np.float64), rows[ascending], 0)
    known = column.astype(np.float64)
    known = known[~np.isnan(known)]
    # As much as 0, though it is written otherwise.
    known[known == 0] = 0
    values, rows = np.unique(known, return_counts=True)
    return Distribution(values, rows, len(column) - len(known))
