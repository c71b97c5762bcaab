"""Figures by group: whether the model serves some worse than others."""

import io
import itertools
import logging
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from include.pipeline.documents.metrics import GroupFigures
from include.pipeline.documents.table.config import ONE_HOT
from include.pipeline.figures.scored_rows import ScoredRows

log = logging.getLogger(__name__)

_MOST_VALUES = 10  # of a column without cuts; more numbers are put into quarters, more texts into "others"
_QUARTERS = (0.25, 0.5, 0.75)


@dataclass(frozen=True)
class Group:
    """Rows that belong together."""

    by: str
    """The column, or what the names of its one-hot columns begin with."""
    name: str
    """Which of its values."""
    rows: np.ndarray
    """Whether each row is of the group: shape `(rows,)`."""


def find_groups(
    features: bytes, names: Sequence[str], groups: Mapping[str, Sequence[float]], beside: bytes | None = None
) -> tuple[Group, ...]:
    """Put the test rows into the groups that the YAML asks for. What the table has no column for is left out.

    Args:
        features: CSV lines of the test rows, without header.
        names: Names of the columns.
        groups: As `TableConfig` has them.
        beside: CSV of the same rows, with a header: columns of `groups` that are no features.
    """
    others = _others(beside, groups) if beside else {}
    by_key = {key: _columns(key, names) for key in groups if key not in others}
    wanted = list(dict.fromkeys(column for columns in by_key.values() for column in columns))
    for key, columns in by_key.items():
        if not columns:
            log.warning("No figures by %r: no feature of the table is called so", key)
    values = _numbers(features, names, wanted) if wanted else {}
    found: list[Group] = []
    for key, cuts in groups.items():
        if key in others:
            found += _by_value(key, others[key].to_numpy(), cuts) if cuts else _by_text(key, others[key])
        elif key.endswith(ONE_HOT):
            found += _one_hot(key, {name: values[name] for name in by_key[key]})
        elif by_key[key]:
            found += _by_value(key, values[key], cuts)
    return tuple(group for group in found if group.rows.any())


def group_figures(rows: ScoredRows, groups: Sequence[Group]) -> tuple[GroupFigures, ...]:
    """Count each group by label and prediction, at the threshold of the rows."""
    return tuple(
        GroupFigures(by=group.by, name=group.name, confusion_matrix=rows.matrix_of(group.rows))
        for group in groups
    )


def _numbers(features: bytes, names: Sequence[str], wanted: Sequence[str]) -> dict[str, np.ndarray]:
    table = csv.read_csv(
        io.BytesIO(features),
        csv.ReadOptions(column_names=list(names)),
        convert_options=csv.ConvertOptions(
            include_columns=wanted, column_types=dict.fromkeys(wanted, pa.float64())
        ),
    )
    return {name: table[name].to_numpy() for name in wanted}


def _others(beside: bytes, groups: Mapping[str, Sequence[float]]) -> dict[str, pa.ChunkedArray]:
    table = csv.read_csv(
        io.BytesIO(beside),
        convert_options=csv.ConvertOptions(
            column_types={key: pa.float64() if cuts else pa.string() for key, cuts in groups.items()},
            strings_can_be_null=True,
            null_values=[""],
            quoted_strings_can_be_null=False,
        ),
    )
    return {name: table[name] for name in table.column_names}


def _columns(key: str, names: Sequence[str]) -> list[str]:
    if key.endswith(ONE_HOT):
        return [name for name in names if name.startswith(key.removesuffix(ONE_HOT))]
    return [key] if key in names else []


def _one_hot(key: str, columns: Mapping[str, np.ndarray]) -> Iterator[Group]:
    beginning = key.removesuffix(ONE_HOT)
    by = beginning.rstrip("_")
    for name, values in columns.items():
        yield Group(by, name.removeprefix(beginning), values == 1)
    if columns:
        yield Group(by, "none of these", ~np.any([values == 1 for values in columns.values()], axis=0))


def _by_value(by: str, values: np.ndarray, cuts: Sequence[float]) -> Iterator[Group]:
    present = values[~np.isnan(values)]
    distinct = np.unique(present)
    if not len(cuts) and len(distinct) <= _MOST_VALUES:
        yield from (Group(by, f"{value:g}", values == value) for value in distinct)
    elif len(present):
        edges = cuts if len(cuts) else np.unique(np.quantile(present, _QUARTERS, method="lower"))
        yield from _between(by, values, edges)
    yield Group(by, "no value", np.isnan(values))


def _by_text(by: str, values: pa.ChunkedArray) -> Iterator[Group]:
    """Make a group of each value; of many values, of the most frequent ones and of all others."""
    counted = Counter(values.drop_null().to_pylist())
    kept = _MOST_VALUES if len(counted) <= _MOST_VALUES else _MOST_VALUES - 1
    most = [value for value, _ in counted.most_common(kept)]
    rows = {value: pc.fill_null(pc.equal(values, value), False).to_numpy() for value in sorted(most)}
    yield from (Group(by, value, chosen) for value, chosen in rows.items())
    is_absent = pc.is_null(values).to_numpy()
    yield Group(by, "others", ~is_absent & ~np.any(list(rows.values()), axis=0))
    yield Group(by, "no value", is_absent)


def _between(by: str, values: np.ndarray, edges: Sequence[float] | np.ndarray) -> Iterator[Group]:
    yield Group(by, f"under {edges[0]:g}", values < edges[0])
    for low, high in itertools.pairwise(edges):
        yield Group(by, f"{low:g} to under {high:g}", (values >= low) & (values < high))
    yield Group(by, f"{edges[-1]:g} and over", values >= edges[-1])
