"""How far the data is from that of the last accepted model."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from include.pipeline.data.drift import failures, warned_columns, warnings
from include.pipeline.documents.drift import ColumnDrift, Drift, DriftLimits
from include.pipeline.report import formats
from include.pipeline.report.bars import column_bars

if TYPE_CHECKING:
    from include.pipeline.report.contents import ReportContents

_MOST_COLUMNS = 15
_MOST_BREACHES = 5


@dataclass(frozen=True)
class Comparison:
    """A new version of the data beside the previous one."""

    drift: Drift
    """The drift between both versions."""
    columns: tuple[ColumnDrift, ...]
    """The columns with the highest PSI, the highest first. Where rows were appended, it is theirs."""
    of: int
    """Number of columns."""
    marked: frozenset[str]
    """The columns that are warned of."""
    failed: tuple[str, ...]
    """What today's limits forbid, a sentence for each rule. Where a model is used again, its run may
    have had other limits."""
    warned: tuple[str, ...]
    """What to look into, a sentence each."""
    plot: Markup | None
    """The PSI of the columns as bars; None where the versions have no column in common."""


@dataclass(frozen=True)
class DriftSection:
    """The drift that was found, and its limits."""

    limits: DriftLimits | None
    """The pipeline's limits; None where it has none."""
    comparison: Comparison | None
    """Comparison with the previous version; None where there was nothing to compare with."""


def gather(contents: "ReportContents") -> DriftSection:
    """Gather the section."""
    drift, limits = contents.evaluation.drift, contents.plan.drift
    return DriftSection(limits=limits, comparison=_compare(drift, limits) if drift else None)


def _compare(drift: Drift, limits: DriftLimits | None) -> Comparison:
    shown = drift.appended or drift
    columns = shown.columns[:_MOST_COLUMNS]
    return Comparison(
        drift=drift,
        columns=columns,
        of=len(shown.columns),
        marked=warned_columns(drift, limits) if limits else frozenset(),
        failed=_failed(drift, limits) if limits else (),
        warned=tuple(warnings(drift, limits)) if limits else (),
        plot=_plot(columns, len(shown.columns), limits) if columns else None,
    )


def _failed(drift: Drift, limits: DriftLimits) -> tuple[str, ...]:
    """Say what breaks each rule, of many breaches the first."""
    by_rule: dict[str, list[str]] = {}
    for found, rule in failures(drift, limits):
        by_rule.setdefault(rule, []).append(found)
    return tuple(
        f"{'; '.join(found[:_MOST_BREACHES])}"
        f"{f' and {len(found) - _MOST_BREACHES} more' if len(found) > _MOST_BREACHES else ''}: {rule}"
        for rule, found in by_rule.items()
    )


def _plot(columns: tuple[ColumnDrift, ...], of: int, limits: DriftLimits | None) -> Markup:
    lines = {}
    if limits:
        lines[f"Warns from {limits.psi_warn:g}"] = limits.psi_warn
    if limits and limits.psi_fail is not None:
        lines[f"Fails from {limits.psi_fail:g}"] = limits.psi_fail
    marked = "".join(f" {label} on." for label in lines)
    return column_bars(
        [column.name for column in columns],
        [round(column.psi, 4) for column in columns],
        name="drift",
        alternative=f"Population stability index of the {len(columns)} of {of} columns where it is highest, "
        f"as bars. First is {formats.printable(columns[0].name)} with {columns[0].psi:.4f}.{marked}",
        limits=lines,
    )
