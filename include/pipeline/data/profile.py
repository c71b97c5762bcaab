"""The distribution of each column of a table, and how far a new table is from it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from include.pipeline.data.bins import edges_of, hidden_edges, rows_in, told_positives, without_few_rows
from include.pipeline.data.places import row_number
from include.pipeline.documents.drift import ColumnDrift, Drift, Kind
from include.pipeline.documents.profile import ColumnProfile, DataProfile

if TYPE_CHECKING:
    import pandas as pd

    from include.pipeline.documents.config import TableConfig

_LEAST_SHARE = 0.0001


def profile(frame: "pd.DataFrame", table: "TableConfig") -> DataProfile:
    """Count the values of each column of a table in bins.

    The bins are those of `edges_of`; of a column whose values may not be seen, those of `hidden_edges`.

    Args:
        frame: As `read_table` returns it: numbers, NaN in empty cells, the label 0 or 1; one row or more.
        table: Names the label and the dropped columns.
    """
    features = [name for name in frame.columns if name != table.label]
    return DataProfile(
        rows=len(frame),
        label=table.label,
        positives=told_positives(frame[table.label], shown=table.shows(table.label)),
        dropped=table.drop,
        columns=tuple(_profile_column(name, frame[name], shown=table.shows(name)) for name in features),
    )


def compare(frame: "pd.DataFrame", table: "TableConfig", previous: DataProfile) -> Drift:
    """Compare a new version of the data with the previous one.

    A column that the YAML drops, or dropped for the previous version, is neither added nor missing: the YAML
    has changed there, not the data. A column that had one value, or none, may become of any kind.

    Args:
        frame: The new version, as `profile` takes it.
        table: Names the label and the dropped columns of the new version.
        previous: Profile of the previous version.
    """
    known = [*(column.name for column in previous.columns), previous.label]
    seen_before = {*known, *previous.dropped}
    seen_now = {*frame.columns, *table.drop}
    columns = [
        _compare_column(frame[column.name], column, shown=table.shows(column.name))
        for column in previous.columns
        if column.name in frame.columns and column.name != table.label
    ]
    rows, positives = len(frame), told_positives(frame[table.label], shown=table.shows(table.label))
    return Drift(
        rows=rows,
        previous_rows=previous.rows,
        added=tuple(name for name in frame.columns if name not in seen_before),
        missing=tuple(name for name in known if name not in seen_now),
        columns=tuple(sorted(columns, key=lambda column: -column.psi)),
        label=table.label,
        label_rate=positives / rows,
        previous_label_rate=previous.positives / previous.rows,
        label_psi=population_stability_index(
            (rows - positives, positives), (previous.rows - previous.positives, previous.positives)
        ),
    )


def population_stability_index(counts: Sequence[int], previous: Sequence[int]) -> float:
    """Measure how far two distributions over the same bins are from each other.

    It is the sum over the bins of (a - e) ln(a / e), where e is the bin's share of the previous version and
    a that of the new one (N. Siddiqi, Credit Risk Scorecards, 2006): Jeffreys' divergence. A share below
    0.0001 counts as 0.0001, since an empty bin has no logarithm. Evidently puts the same figure in the place
    of 0 (`get_binned_data` in evidently/calculations/stattests/utils.py).

    Args:
        counts: Rows of the new version in each bin, missing values included.
        previous: Rows of the previous version in the same bins.

    Returns:
        0 for equal shares; the larger, the farther the distributions are apart.
    """
    actual, expected = (
        np.maximum(np.asarray(rows) / np.sum(rows), _LEAST_SHARE) for rows in (counts, previous)
    )
    return float(((actual - expected) * np.log(actual / expected)).sum())


def _present(column: "pd.Series") -> np.ndarray:
    return column.dropna().to_numpy(dtype="float64")


def _profile_column(name: str, column: "pd.Series", *, shown: bool) -> ColumnProfile:
    values, missing = _present(column), int(column.isna().sum())
    edges = edges_of(np.sort(values))
    if not shown:
        edges = hidden_edges(values, edges)
    counts = rows_in(values, edges)
    if not shown:
        counts, missing = without_few_rows(counts, missing)
    return ColumnProfile(
        name=name, kind=_kind(values), missing=missing, edges=tuple(edges.tolist()), counts=counts
    )


def _compare_column(column: "pd.Series", previous: ColumnProfile, *, shown: bool) -> ColumnDrift:
    values, missing = _present(column), int(column.isna().sum())
    wrong = column.notna().to_numpy() & _is_misfit(column.to_numpy(dtype="float64"), previous.kind)
    counts = rows_in(values, np.array(previous.edges))
    if not shown:
        counts, missing = without_few_rows(counts, missing)
    return ColumnDrift(
        name=previous.name,
        psi=population_stability_index((*counts, missing), (*previous.counts, previous.missing)),
        kind=_kind(values),
        previous_kind=previous.kind,
        misfit=float(column[wrong].min()) if shown and wrong.any() else None,
        misfit_row=None if shown or not wrong.any() else row_number(int(wrong.argmax())),
    )


def _kind(values: np.ndarray) -> Kind:
    if not len(values):
        return "empty"
    if values.min() == values.max():
        return "constant"
    kinds: tuple[Kind, ...] = ("indicator", "integer", "float")
    return next(kind for kind in kinds if not _is_misfit(values, kind).any())


def _is_misfit(values: np.ndarray, kind: Kind) -> np.ndarray:
    match kind:
        case "indicator":
            wrong = (values != 0) & (values != 1)
        case "integer":
            wrong = values != np.floor(values)
        case _:
            wrong = np.zeros(len(values), dtype=bool)
    return np.asarray(wrong)
