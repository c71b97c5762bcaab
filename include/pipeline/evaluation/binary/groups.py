"""Figures by group: whether the model serves some worse than others."""

import io
import itertools
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from pyarrow import csv

from include.pipeline.documents.metrics import GroupFigures
from include.pipeline.documents.table.config import ONE_HOT
from include.pipeline.figures.scored_rows import ScoredRows

log = logging.getLogger(__name__)

_MOST_VALUES = 10  # of a column without cuts; more are put into quarters
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
    features: bytes, names: Sequence[str], groups: Mapping[str, Sequence[float]]
) -> tuple[Group, ...]:
    """Put the test rows into the groups that the YAML asks for. What the table has no column for is left out.

    Args:
        features: CSV lines of the test rows, without header.
        names: Names of the columns.
        groups: As `TableConfig` has them.
    """
    by_key = {key: _columns(key, names) for key in groups}
    wanted = list(dict.fromkeys(column for columns in by_key.values() for column in columns))
    for key, columns in by_key.items():
        if not columns:
            log.warning("No figures by %r: no feature of the table is called so", key)
    if not wanted:
        return ()
    table = csv.read_csv(
        io.BytesIO(features),
        csv.ReadOptions(column_names=list(names)),
        convert_options=csv.ConvertOptions(
            include_columns=wanted, column_types=dict.fromkeys(wanted, pa.float64())
        ),
    )
    values = {name: table[name].to_numpy() for name in wanted}
    found: list[Group] = []
    for key, columns in by_key.items():
        if key.endswith(ONE_HOT):
            found += _one_hot(key, {name: values[name] for name in columns})
        elif columns:
            found += _by_value(key, values[key], groups[key])
    return tuple(group for group in found if group.rows.any())


def group_figures(rows: ScoredRows, groups: Sequence[Group]) -> tuple[GroupFigures, ...]:
    """Count each group by label and prediction, at the threshold of the rows."""
    return tuple(
        GroupFigures(by=group.by, name=group.name, confusion_matrix=rows.matrix_of(group.rows))
        for group in groups
    )


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


def _between(by: str, values: np.ndarray, edges: Sequence[float] | np.ndarray) -> Iterator[Group]:
    yield Group(by, f"under {edges[0]:g}", values < edges[0])
    for low, high in itertools.pairwise(edges):
        yield Group(by, f"{low:g} to under {high:g}", (values >= low) & (values < high))
    yield Group(by, f"{edges[-1]:g} and over", values >= edges[-1])
