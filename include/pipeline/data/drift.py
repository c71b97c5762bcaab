"""The drift of the data, compared with the pipeline's limits: what fails a run, and what gives a warning."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from include.pipeline.documents.drift import ColumnDrift, Drift, DriftLimits, Kind, ShareDrift
from include.pipeline.errors import DriftError
from include.pipeline.figures.changes import FALSE_ALARMS, LEAST_EFFECT, beyond_chance, effect

_MEANING: dict[Kind, str] = {
    "empty": "without a value",
    "constant": "of one value",
    "indicator": "0 or 1",
    "integer": "a whole number",
    "float": "a number with a fraction",
    "category": "text",
}
# In a small table, a column of numbers may have only whole numbers by chance: that does not fail the run.
_NARROWER: dict[Kind, tuple[Kind, ...]] = {"float": ("integer", "indicator"), "integer": ("indicator",)}
# In fewer rows of the previous version, a count may have been 0 or 1 only by chance.
_INDICATOR_IS_KNOWN_FROM = 1000
# How many columns a sentence names.
_NAMED = 5


@dataclass(frozen=True)
class _Change:
    """A difference that was looked for."""

    what: str
    """What has changed. Differences of one kind are told in one sentence."""
    where: str
    """Which column, and how."""
    chance: float
    """How likely it comes by chance alone."""
    matters: bool
    """Whether it is large enough to be told."""
    column: str | None = None
    """The column, where it is of one."""


def failures(drift: Drift, limits: DriftLimits) -> list[tuple[str, str]]:
    """Compare a new version with the columns of the previous one, and its drift with the limits.

    Where rows were appended to the previous version, their PSI counts: that of all rows is lower.

    Returns:
        For each breach, what was found and the rule; empty for data that may be used.
    """
    same_columns = "a new version has to have the columns of the previous one"
    found = [(f"column {name!r} is missing", same_columns) for name in drift.missing]
    found += [(f"column {name!r} is new", same_columns) for name in drift.added]
    found += [
        (misfit, f"it has to be {_MEANING[column.previous_kind]}, as before")
        for column in drift.columns
        if (misfit := _misfit(column, drift))
    ]
    if limits.psi_fail is not None:
        rule = f"a PSI has to be below psi_fail = {limits.psi_fail}"
        indices = _indices(drift)
        beyond = beyond_chance([chance for _, _, chance in indices])
        found += [
            (told, rule)
            for (told, psi, _), is_beyond in zip(indices, beyond, strict=True)
            if is_beyond and psi >= limits.psi_fail
        ]
    return found


def warnings(drift: Drift, limits: DriftLimits) -> list[str]:
    """List what people should look at, though it does not fail the run: a sentence for each kind of change.

    Where rows were appended to the previous version, they are looked at by themselves. Of versions that have
    not changed, at most one in twenty is warned of at all.
    """
    return _sentences(_told([*_changes(drift, limits), *_changes_of_all(drift, limits)]))


def feature_warnings(columns: Sequence[ColumnDrift], limits: DriftLimits) -> list[str]:
    """List what people should look at in the features of rows that have no label, as `warnings` does."""
    return _sentences(_told(_changes_of_columns(columns, limits, "")))


def _sentences(told: "list[_Change]") -> list[str]:
    by_kind: dict[str, list[str]] = {}
    for change in told:
        by_kind.setdefault(change.what, []).append(change.where)
    return [f"{what}: {_listed(places)}" for what, places in by_kind.items()]


def warned_columns(drift: Drift, limits: DriftLimits) -> frozenset[str]:
    """Name the columns that `warnings` tells of, those that it counts only included."""
    told = _told([*_changes(drift, limits), *_changes_of_all(drift, limits)])
    return frozenset(change.column for change in told if change.column is not None)


def check_drift(drift: Drift, limits: DriftLimits) -> None:
    """Let a new version pass that is like the previous one, and refuse any other.

    Raises:
        DriftError: The new version breaks a rule. The message names each breach.
    """
    if breaches := failures(drift, limits):
        raise DriftError(
            "; ".join(found for found, _ in breaches),
            "; ".join(dict.fromkeys(rule for _, rule in breaches)),
            "Correct the source. If the change is intended, set drift to null in the YAML for one run",
        )


def _told(changes: Iterable[_Change]) -> list[_Change]:
    looked_for = list(changes)
    beyond = beyond_chance([change.chance for change in looked_for])
    return [change for change, told in zip(looked_for, beyond, strict=True) if told and change.matters]


def _changes(drift: Drift, limits: DriftLimits) -> Iterator[_Change]:
    """List all differences that were looked for in the label and the columns."""
    part, whose = drift.appended or drift, "appended rows: " if drift.appended else ""
    fail = math.inf if limits.psi_fail is None else limits.psi_fail
    now, before, psi = part.label_rate, part.previous_label_rate, part.label_psi
    if now is not None and before is not None and psi is not None:
        yield _Change(
            f"{whose}label rate of {part.label!r}",
            f"{_percent(now)}, was {_percent(before)}",
            _known(part.label_chance),
            matters=effect(now, before) >= LEAST_EFFECT and psi < fail,
        )
    yield from _changes_of_columns(part.columns, limits, whose)


def _changes_of_columns(columns: Sequence[ColumnDrift], limits: DriftLimits, whose: str) -> Iterator[_Change]:
    # What fails is not warned of as well.
    fail = math.inf if limits.psi_fail is None else limits.psi_fail
    for column in columns:
        name = column.name
        yield _Change(
            f"{whose}PSI at or above psi_warn = {limits.psi_warn}",
            f"{name!r} ({column.psi:.4f})",
            _known(column.chance),
            matters=limits.psi_warn <= column.psi < fail,
            column=name,
        )
        if share := column.missing:
            rates = f"{_percent(share.share)}, was {_percent(share.previous)}"
            yield _share_change(f"{whose}missing values", f"{name!r} ({rates})", share, name)
        if share := column.unseen:
            places = f"{name!r} ({_percent(share.share)} of the rows)"
            yield _share_change(f"{whose}values not seen before", places, share, name)
        if kinds := _NARROWER.get(column.previous_kind):
            yield _Change(
                f"{whose}a narrower kind of values",
                f"{name!r} ({_MEANING[column.kind]}, was {_MEANING[column.previous_kind]})",
                _known(column.of_kind.chance if column.of_kind else None),
                matters=column.kind in kinds,
                column=name,
            )


def _changes_of_all(drift: Drift, limits: DriftLimits) -> Iterator[_Change]:
    """List the differences that were looked for in whole rows and in the scores."""
    if share := drift.duplicates:
        rates = f"{_percent(share.share)}, was {_percent(share.previous)}"
        yield _share_change("rows equal to an earlier one", rates, share)
    if drift.scores:
        yield _Change(
            "scores of the last accepted model",
            f"PSI {drift.scores.psi:.4f}, at or above psi_warn = {limits.psi_warn}",
            drift.scores.chance,
            matters=drift.scores.psi >= limits.psi_warn,
        )


def _share_change(what: str, where: str, share: ShareDrift, column: str | None = None) -> _Change:
    matters = effect(share.share, share.previous) >= LEAST_EFFECT
    return _Change(what, where, share.chance, matters=matters, column=column)


def _known(chance: float | None) -> float:
    # An earlier version did not work it out: it warned of every PSI above the limit.
    return 0 if chance is None else chance


def _percent(share: float) -> str:
    return f"{share * 100:.2f} %"


def _listed(places: list[str]) -> str:
    more = f" and {len(places) - _NAMED} more" if len(places) > _NAMED else ""
    return ", ".join(places[:_NAMED]) + more


def _misfit(column: ColumnDrift, drift: Drift) -> str | None:
    by_chance = _known(column.misfit_chance) > FALSE_ALARMS / len(drift.columns)
    is_known = column.previous_kind != "indicator" or drift.previous_rows >= _INDICATOR_IS_KNOWN_FROM
    if by_chance and not is_known:
        return None
    if column.misfit is not None:
        return f"column {column.name!r} holds {column.misfit!r}"
    if column.misfit_row is not None:
        return f"column {column.name!r} is {_MEANING[column.kind]} in row {column.misfit_row}"
    return None


def _indices(drift: Drift) -> list[tuple[str, float, float]]:
    part, whose = drift.appended or drift, "appended rows: " if drift.appended else ""
    columns = [
        (f"{whose}column {column.name!r} has a PSI of {column.psi:.4f}", column.psi, _known(column.chance))
        for column in part.columns
    ]
    if part.label_psi is None:
        return columns
    rates = f"{part.label_rate:.4f}, was {part.previous_label_rate:.4f}"
    label = f"{whose}label {part.label!r} has a PSI of {part.label_psi:.4f} (rate {rates})"
    return [(label, part.label_psi, _known(part.label_chance)), *columns]
