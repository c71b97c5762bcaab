"""How far a new version of the data is from the previous one, column by column."""

from typing import TYPE_CHECKING

import numpy as np

from include.pipeline.data.bins import rows_in, told_positives, told_rows, without_few_rows
from include.pipeline.data.comparison.row_hashes import (
    content_sha256,
    duplicates,
    row_hashes,
    values_to_compare,
)
from include.pipeline.data.comparison.shares import compare_bins, compare_shares
from include.pipeline.data.distribution import Distribution, distribution_of
from include.pipeline.data.places import row_number
from include.pipeline.data.profile import dates_of, kind_of, label_alone, misfits, rows_of_kind
from include.pipeline.data.stored_table import StoredTable
from include.pipeline.documents.drift import ColumnDrift, Drift, ShareDrift
from include.pipeline.documents.profile import ColumnProfile, DataProfile
from include.pipeline.figures.chance import chance_of_shares
from include.pipeline.figures.changes import population_stability_index
from include.pipeline.figures.few_rows import is_few

if TYPE_CHECKING:
    from collections.abc import Sequence

    from include.pipeline.documents.table.config import TableConfig


def compare(data: StoredTable, table: "TableConfig", previous: DataProfile) -> Drift:
    """Compare a new version of the data with the previous one.

    A column that the YAML drops, or dropped for the previous version, is neither added nor missing: the YAML
    has changed there, not the data. A column that had one value, or none, may become of any kind.

    Args:
        data: The new version, as `profile` takes it.
        table: Names the label and the dropped columns of the new version.
        previous: Profile of the previous version.
    """
    hashes, below = row_hashes(data), data.rows - previous.rows
    # Figures of a few rows tell what they hold.
    is_appended = (
        below > 0
        and (table.shows_rows or not is_few(below))
        and content_sha256(hashes[: previous.rows], data.names) == previous.content_sha256
    )
    equal_rows = _compare_duplicates(hashes, previous, shown=table.shows(table.label))
    del hashes
    return _compare(data, table, previous).model_copy(
        update={
            "appended": _compare(data, table, previous, first=previous.rows) if is_appended else None,
            "duplicates": equal_rows,
        }
    )


def _compare(data: StoredTable, table: "TableConfig", previous: DataProfile, *, first: int = 0) -> Drift:
    """Compare the rows from one on."""
    known = list(dict.fromkeys((*(column.name for column in previous.columns), previous.label)))
    seen_before = {*known, *previous.dropped}
    seen_now = {*data.names, *table.left_out}
    dates = set(dates_of(table))
    return Drift(
        rows=data.rows - first,
        previous_rows=previous.rows,
        added=tuple(name for name in data.names if name not in seen_before | dates),
        missing=tuple(name for name in known if name not in seen_now),
        columns=compare_features(data, table, previous, first=first),
        label=table.label,
        **_label_rates(data, table, previous, first=first),
    )


def compare_features(
    data: StoredTable, table: "TableConfig", previous: DataProfile, *, first: int = 0
) -> tuple[ColumnDrift, ...]:
    """Compare the features that both have, the highest PSI first, by the rows from one on.

    Args:
        data: As `profile` takes it, with or without a label.
        table: Names the label, and what is no number.
        previous: Profile of the previous version.
        first: The first row that is compared, from 0 on.
    """
    columns = [
        _compare_column(
            values_to_compare(data, column.name)[first:],
            column,
            previous.rows,
            first=first,
            shown=table.shows(column.name),
            is_text=column.name in data.categories,
        )
        for column in previous.columns
        if column.name in data.names and column.name not in {*label_alone(table), *dates_of(table)}
    ]
    return tuple(sorted(columns, key=lambda column: -column.psi))


def _label_rates(
    data: StoredTable, table: "TableConfig", previous: DataProfile, *, first: int
) -> dict[str, float]:
    """Compare the label where it is 0 or 1, now and before; another is among the columns."""
    if previous.positives is None or table.kind != "binary":
        return {}
    rows, shown = data.rows - first, table.shows(table.label)
    positives = told_positives(data.column(table.label)[first:], shown=shown)
    return {
        "label_rate": positives / rows,
        "previous_label_rate": previous.positives / previous.rows,
        "label_psi": population_stability_index(
            (rows - positives, positives), (previous.rows - previous.positives, previous.positives)
        ),
        "label_chance": compare_shares(
            positives, rows, previous.positives, previous.rows, shown=shown
        ).chance,
    }


def _compare_duplicates(hashes: np.ndarray, previous: DataProfile, *, shown: bool) -> ShareDrift | None:
    if previous.duplicates is None:
        return None
    rows = min(len(hashes), previous.rows)
    found = told_rows(duplicates(hashes, rows), shown=shown)
    return compare_shares(found, rows, previous.duplicates, previous.rows, shown=shown, more=True)


def _compare_column(
    numbers: np.ndarray,
    previous: ColumnProfile,
    previous_rows: int,
    *,
    first: int,
    shown: bool,
    is_text: bool,
) -> ColumnDrift:
    column, rows = distribution_of(numbers), len(numbers)
    missing, wrong = column.missing, misfits(column.values, previous.kind)
    counts = rows_in(column, np.array(previous.edges))
    if not shown:
        counts, missing = without_few_rows(counts, missing)
    of_kind = None
    if previous.of_kind is not None:
        now = told_rows(rows_of_kind(column, previous.kind), shown=shown)
        of_kind = compare_shares(now, rows, previous.of_kind, previous_rows, shown=shown)
    unlike = told_rows(column.rows_where(wrong), shown=shown)
    return ColumnDrift(
        name=previous.name,
        psi=population_stability_index((*counts, missing), (*previous.counts, previous.missing)),
        kind=kind_of(column, is_text=is_text),
        previous_kind=previous.kind,
        misfit=float(column.values[wrong][0]) if shown and wrong.any() else None,
        misfit_row=None
        if shown or not wrong.any()
        else row_number(first + int((misfits(numbers, previous.kind) & ~np.isnan(numbers)).argmax())),
        misfit_chance=chance_of_shares(unlike, rows, 0, previous_rows, more=True),
        chance=compare_bins(counts, missing, previous, shown=shown),
        of_kind=of_kind,
        missing=compare_shares(missing, rows, previous.missing, previous_rows, shown=shown),
        unseen=_unseen(column, counts, previous, previous_rows, shown=shown, rows=rows),
    )


def _unseen(
    column: Distribution,
    counts: "Sequence[int]",
    previous: ColumnProfile,
    previous_rows: int,
    *,
    shown: bool,
    rows: int,
) -> ShareDrift | None:
    """Count the rows with values that the previous version did not have.

    In an unchanged population, the rows with the highest values are as likely of one version as of the other:
    that all of them are new ones has the chance of Fisher's exact test. It is worked out for those below,
    those between and those above, and counts three times, as the rarest of three is taken.
    """
    if previous.lowest is None or previous.highest is None:
        return None
    # Between the values of a column that has few of them. What its outermost bins have is beyond its range.
    between = sum(now for now, then in zip(counts[1:-1], previous.counts[1:-1], strict=True) if not then)
    below = column.rows_where(column.values < previous.lowest)
    above = column.rows_where(column.values > previous.highest)
    told = [told_rows(found, shown=shown) for found in (below, between, above)]
    beyond = (previous.beyond, 0, previous.beyond)
    chances = [
        chance_of_shares(found, rows, known, previous_rows, more=True)
        for found, known in zip(told, beyond, strict=True)
    ]
    return ShareDrift(
        share=sum(told) / rows,
        previous=sum(beyond) / previous_rows,
        chance=min(1.0, len(chances) * min(chances)),
    )
