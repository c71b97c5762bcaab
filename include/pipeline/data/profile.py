"""A table's distributions in a few numbers a column, and a new table counted on the same bins."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from include.pipeline.documents.drift import ColumnDrift, Drift, Kind
from include.pipeline.documents.profile import ColumnProfile, DataProfile

if TYPE_CHECKING:
    import pandas as pd

    from include.pipeline.documents.config import TableConfig

_BINS = 10
_LEAST_SHARE = 0.0001


def profile(frame: "pd.DataFrame", table: "TableConfig") -> DataProfile:
    """Sum a table up.

    A column of up to ten distinct values has a bin for each of them, and others for what lies between. Any
    other column is cut at its deciles; a value on which several deciles fall has a bin of its own, so that it
    is told from its neighbours however frequent it is.

    Args:
        frame: As `read_table` returns it: numbers, NaN in empty cells, the label 0 or 1; one row or more.
        table: Names the label and what was dropped.
    """
    features = [name for name in frame.columns if name != table.label]
    return DataProfile(
        rows=len(frame),
        label=table.label,
        positives=int(frame[table.label].sum()),
        dropped=table.drop,
        columns=tuple(_profile_column(name, frame[name]) for name in features),
    )


def compare(frame: "pd.DataFrame", table: "TableConfig", previous: DataProfile) -> Drift:
    """Compare a new version of the data with the previous one.

    Columns that either version's pipeline drops are neither added nor missing: that is the YAML's change, not
    the data's. A column of one value, or none, may become of any kind.

    Args:
        frame: The new version, as `profile` takes it.
        table: Names its label and what was dropped.
        previous: Of the previous version.
    """
    known = [*(column.name for column in previous.columns), previous.label]
    seen_before = {*known, *previous.dropped}
    seen_now = {*frame.columns, *table.drop}
    columns = [
        _compare_column(frame[column.name], column)
        for column in previous.columns
        if column.name in frame.columns and column.name != table.label
    ]
    rows, positives = len(frame), int(frame[table.label].sum())
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
        0 for equal shares, and more the further they are apart.
    """
    actual, expected = (
        np.maximum(np.asarray(rows) / np.sum(rows), _LEAST_SHARE) for rows in (counts, previous)
    )
    return float(((actual - expected) * np.log(actual / expected)).sum())


def _present(column: "pd.Series") -> np.ndarray:
    return column.dropna().to_numpy(dtype="float64")


def _profile_column(name: str, column: "pd.Series") -> ColumnProfile:
    values = _present(column)
    edges = _edges(np.sort(values))
    return ColumnProfile(
        name=name,
        kind=_kind(values),
        missing=len(column) - len(values),
        edges=tuple(edges.tolist()),
        counts=_counts(values, edges),
    )


def _compare_column(column: "pd.Series", previous: ColumnProfile) -> ColumnDrift:
    values = _present(column)
    misfits = _misfits(values, previous.kind)
    return ColumnDrift(
        name=previous.name,
        psi=population_stability_index(
            (*_counts(values, np.array(previous.edges)), len(column) - len(values)),
            (*previous.counts, previous.missing),
        ),
        kind=_kind(values),
        previous_kind=previous.kind,
        misfit=float(misfits.min()) if len(misfits) else None,
    )


def _edges(ascending: np.ndarray) -> np.ndarray:
    distinct = np.unique(ascending)
    if len(distinct) <= _BINS:
        edges = alone = distinct
    else:
        # The smallest value that 10 %, 20 %, ... 90 % of the rows do not exceed.
        deciles = ascending[(np.arange(1, _BINS) * len(ascending) - 1) // _BINS]
        edges, times = np.unique(deciles, return_counts=True)
        alone = edges[times > 1]
    just_below = np.nextafter(alone[alone > np.finfo("float64").min], -np.inf)
    return np.unique(np.concatenate([edges, just_below]))


def _counts(values: np.ndarray, edges: np.ndarray) -> tuple[int, ...]:
    bins = np.searchsorted(edges, values, side="left")
    return tuple(np.bincount(bins, minlength=len(edges) + 1).tolist())


def _kind(values: np.ndarray) -> Kind:
    if not len(values):
        return "empty"
    if values.min() == values.max():
        return "constant"
    kinds: tuple[Kind, ...] = ("indicator", "integer", "float")
    return next(kind for kind in kinds if not len(_misfits(values, kind)))


def _misfits(values: np.ndarray, kind: Kind) -> np.ndarray:
    match kind:
        case "indicator":
            wrong = (values != 0) & (values != 1)
        case "integer":
            wrong = values != np.floor(values)
        case _:
            wrong = np.zeros(len(values), dtype=bool)
    return np.extract(wrong, values)
