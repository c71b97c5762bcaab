"""What the report tells of the drift of the data."""

from dataclasses import dataclass

from markupsafe import Markup

from include.pipeline.data.drift import failures, warnings
from include.pipeline.documents.drift import ColumnDrift, Drift, DriftLimits
from include.pipeline.report import formats
from include.pipeline.report.bars import column_bars

MOST_COLUMNS = 15
_MOST_SENTENCES = 10


@dataclass(frozen=True)
class DriftSection:
    """A new version of the data beside the previous one.

    Attributes:
        drift: Between them.
        columns: Those with the highest PSI, the highest first.
        failed: What a limit of today forbids, a sentence each. A run whose model is used again may have had
            other limits.
        warned: What to look into, a sentence each; the first ten.
        not_listed: How many warnings there are beside those.
        plot: The PSI of the columns as bars; None where the versions have no column in common.
    """

    drift: Drift
    columns: tuple[ColumnDrift, ...]
    failed: tuple[str, ...]
    warned: tuple[str, ...]
    not_listed: int
    plot: Markup | None


def drift_section(drift: Drift | None, limits: DriftLimits | None) -> DriftSection | None:
    """Gather the section.

    Args:
        drift: Of the run's data; None gives None.
        limits: Of the pipeline; None warns of nothing.
    """
    if drift is None:
        return None
    warned = warnings(drift, limits) if limits else []
    columns = drift.columns[:MOST_COLUMNS]
    return DriftSection(
        drift=drift,
        columns=columns,
        failed=tuple(f"{found}: {rule}" for found, rule in failures(drift, limits)) if limits else (),
        warned=tuple(warned[:_MOST_SENTENCES]),
        not_listed=len(warned[_MOST_SENTENCES:]),
        plot=_plot(columns, len(drift.columns), limits) if columns else None,
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
