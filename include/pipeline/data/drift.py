"""The drift of the data, compared with the pipeline's limits: what fails a run, and what gives a warning."""

from include.pipeline.documents.drift import ColumnDrift, Drift, DriftLimits, Kind
from include.pipeline.errors import DriftError

_MEANING: dict[Kind, str] = {
    "empty": "without a value",
    "constant": "of one value",
    "indicator": "0 or 1",
    "integer": "a whole number",
    "float": "a number with a fraction",
}
# In a small table, a column of numbers may have only whole numbers by chance: that does not fail the run.
_NARROWER: dict[Kind, tuple[Kind, ...]] = {"float": ("integer", "indicator"), "integer": ("indicator",)}


def failures(drift: Drift, limits: DriftLimits) -> list[tuple[str, str]]:
    """Compare a new version with the columns of the previous one, and its drift with the limits.

    Returns:
        For each breach, what was found and the rule; empty for data that may be used.
    """
    same_columns = "a new version has to have the columns of the previous one"
    found = [(f"column {name!r} is missing", same_columns) for name in drift.missing]
    found += [(f"column {name!r} is new", same_columns) for name in drift.added]
    found += [
        (misfit, f"it has to be {_MEANING[column.previous_kind]}, as before")
        for column in drift.columns
        if (misfit := _misfit(column))
    ]
    if limits.psi_fail is not None:
        rule = f"a PSI has to be below psi_fail = {limits.psi_fail}"
        found += [(told, rule) for told, psi in _indices(drift) if psi >= limits.psi_fail]
    return found


def warnings(drift: Drift, limits: DriftLimits) -> list[str]:
    """List what people should look at, though it does not fail the run."""
    fail = float("inf") if limits.psi_fail is None else limits.psi_fail
    return [
        *(
            f"{told}: it is not below psi_warn = {limits.psi_warn}"
            for told, psi in _indices(drift)
            if limits.psi_warn <= psi < fail
        ),
        *(
            f"column {column.name!r} is {_MEANING[column.kind]}: it was {_MEANING[column.previous_kind]}"
            for column in drift.columns
            if column.kind in _NARROWER.get(column.previous_kind, ())
        ),
    ]


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


def _misfit(column: ColumnDrift) -> str | None:
    if column.misfit is not None:
        return f"column {column.name!r} holds {column.misfit!r}"
    if column.misfit_row is not None:
        return f"column {column.name!r} is {_MEANING[column.kind]} in row {column.misfit_row}"
    return None


def _indices(drift: Drift) -> list[tuple[str, float]]:
    rates = f"{drift.label_rate:.4f}, was {drift.previous_label_rate:.4f}"
    return [
        (f"label {drift.label!r} has a PSI of {drift.label_psi:.4f} (rate {rates})", drift.label_psi),
        *((f"column {column.name!r} has a PSI of {column.psi:.4f}", column.psi) for column in drift.columns),
    ]
