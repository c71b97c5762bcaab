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
from include.pipeline.data.comparison.row_hashes import (
    content_sha256,
    duplicates,
    row_hashes,
    values_to_compare,
)
from include.pipeline.data.distribution import Distribution, distribution_of
from include.pipeline.data.stored_table import StoredTable
from include.pipeline.documents.drift import Kind
from include.pipeline.documents.profile import ColumnProfile, DataProfile
from include.pipeline.documents.table.columns import DateColumn

if TYPE_CHECKING:
    from include.pipeline.documents.table.config import TableConfig


def profile(data: StoredTable, table: "TableConfig") -> DataProfile:
    """Count the values of each column of a table in bins.

    The bins are those of `edges_of`; of a column whose values may not be seen, those of `hidden_edges`.

    Args:
        data: As `read_table` returns it: numbers, NaN in empty cells, the label 0 or 1; one row or more.
        table: Names the label and the dropped columns.
    """
    shown = table.shows(table.label)
    columns = tuple(
        _profile_column(
            name,
            distribution_of(values_to_compare(data, name)),
            shown=table.shows(name),
            is_text=name in data.categories,
        )
        for name in data.names
        if name not in {*label_alone(table), *dates_of(table)}
    )
    hashes = row_hashes(data)
    return DataProfile(
        rows=data.rows,
        label=table.label,
        positives=told_positives(data.column(table.label), shown=shown) if table.kind == "binary" else None,
        dropped=(*table.left_out, *dates_of(table)),
        columns=columns,
        content_sha256=content_sha256(hashes, data.names),
        duplicates=told_rows(duplicates(hashes, len(hashes)), shown=shown),
    )


def label_alone(table: "TableConfig") -> tuple[str, ...]:
    """Name the label where it is 0 or 1, and so is no column with a distribution of its own."""
    return (table.label,) if table.kind == "binary" else ()


def dates_of(table: "TableConfig") -> tuple[str, ...]:
    """Name the dates, which differ from one version to the next as they are meant to."""
    return tuple(name for name, column in table.encoded.items() if isinstance(column, DateColumn))


def _profile_column(name: str, column: Distribution, *, shown: bool, is_text: bool) -> ColumnProfile:
    edges, missing = edges_of(column), column.missing
    if not shown:
        edges = hidden_edges(column, edges)
    counts = rows_in(column, edges)
    if not shown:
        counts, missing = without_few_rows(counts, missing)
    lowest, highest, beyond = range_of(column, shown=shown)
    kind = kind_of(column, is_text=is_text)
    return ColumnProfile(
        name=name,
        kind=kind,
        missing=missing,
        edges=tuple(edges.tolist()),
        counts=counts,
        lowest=lowest,
        highest=highest,
        beyond=beyond,
        of_kind=told_rows(rows_of_kind(column, kind), shown=shown),
    )


def kind_of(column: Distribution, *, is_text: bool) -> Kind:
    """Name the narrowest kind that all values are of."""
    values = column.values
    if not len(values):
        return "empty"
    if is_text:
        return "category"
    if len(values) == 1:
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


def rows_of_kind(column: Distribution, kind: Kind) -> int:
    """Count the values that a column of a narrower kind would not have; 0 where there is no narrower kind."""
    narrower: dict[Kind, Kind] = {"float": "integer", "integer": "indicator"}
    return column.rows_where(misfits(column.values, narrower[kind])) if kind in narrower else 0
