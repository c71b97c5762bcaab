"""The distribution of each column of a table."""

from typing import TYPE_CHECKING

import numpy as np

from include.pipeline.data.bins import (
    edges_of,
    hidden_edges,
    range_of,
    rows_in,
    told_positives,
    told_rows,
    without_few_rows,
)
from include.pipeline.data.comparison.row_hashes import content_sha256, duplicates, row_hashes
from include.pipeline.documents.drift import Kind
from include.pipeline.documents.profile import ColumnProfile, DataProfile

if TYPE_CHECKING:
    import pandas as pd

    from include.pipeline.documents.config import TableConfig


def profile(frame: "pd.DataFrame", table: "TableConfig") -> DataProfile:
    """Count the values of each column of a table in bins.

    The bins are those of `edges_of`; of a column whose values may not be seen, those of `hidden_edges`.

    Args:
        frame: As `read_table` returns it: numbers, NaN in empty cells, the label 0 or 1; one row or more.
        table: Names the label and the dropped columns.
    """
    shown, hashes = table.shows(table.label), row_hashes(frame)
    features = [name for name in frame.columns if name != table.label]
    return DataProfile(
        rows=len(frame),
        label=table.label,
        positives=told_positives(frame[table.label], shown=shown),
        dropped=table.drop,
        columns=tuple(_profile_column(name, frame[name], shown=table.shows(name)) for name in features),
        duplicates=told_rows(duplicates(hashes, len(hashes)), shown=shown),
        content_sha256=content_sha256(hashes, frame.columns),
    )


def present(column: "pd.Series") -> np.ndarray:
    """Return the values of a column, without those that are missing."""
    return column.dropna().to_numpy(dtype="float64")


def _profile_column(name: str, column: "pd.Series", *, shown: bool) -> ColumnProfile:
    values, missing = present(column), int(column.isna().sum())
    ascending = np.sort(values)
    edges = edges_of(ascending)
    if not shown:
        edges = hidden_edges(values, edges)
    counts = rows_in(values, edges)
    if not shown:
        counts, missing = without_few_rows(counts, missing)
    lowest, highest, beyond = range_of(ascending, shown=shown)
    kind = kind_of(values)
    return ColumnProfile(
        name=name,
        kind=kind,
        missing=missing,
        edges=tuple(edges.tolist()),
        counts=counts,
        lowest=lowest,
        highest=highest,
        beyond=beyond,
        of_kind=told_rows(rows_of_kind(values, kind), shown=shown),
    )


def kind_of(values: np.ndarray) -> Kind:
    """Name the narrowest kind that all values are of."""
    if not len(values):
        return "empty"
    if values.min() == values.max():
        return "constant"
    kinds: tuple[Kind, ...] = ("indicator", "integer", "float")
    return next(kind for kind in kinds if not misfits(values, kind).any())


def misfits(values: np.ndarray, kind: Kind) -> np.ndarray:
    """Tell of each value whether it is not of a kind."""
    match kind:
        case "indicator":
            wrong = (values != 0) & (values != 1)
        case "integer":
            wrong = values != np.floor(values)
        case _:
            wrong = np.zeros(len(values), dtype=bool)
    return np.asarray(wrong)


def rows_of_kind(values: np.ndarray, kind: Kind) -> int:
    """Count the values that a column of a narrower kind would not have; 0 where there is no narrower kind."""
    narrower: dict[Kind, Kind] = {"float": "integer", "integer": "indicator"}
    return int(misfits(values, narrower[kind]).sum()) if kind in narrower else 0
