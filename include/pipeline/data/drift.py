"""The drift of the data held to the pipeline's limits: what fails a run, and what is only warned of."""

from include.pipeline.documents.drift import Drift, DriftLimits, Kind
from include.pipeline.errors import DriftError

_MEANING: dict[Kind, str] = {
    "empty": "without a value",
    "constant": "of one value",
    "indicator": "0 or 1",
    "integer": "a whole number",
    "float": "a number with a fraction",
}
# A column may come to hold less than it did by chance, in a small table, or because it was cut somewhere.
_NARROWER: dict[Kind, tuple[Kind, ...]] = {"float": ("integer", "indicator"), "integer": ("indicator",)}


def failures(drift: Drift, limits: DriftLimits) -> list[tuple[str, str]]:
    """Hold a new version to the schema of the previous one and to the limits.

    Returns:
        Of each breach, what was found and the rule for it; empty for data that may be used.
    """
    same_columns = "a new version has the columns of the previous one"
    found = [(f"column {name!r} is missing", same_columns) for name in drift.missing]
    found += [(f"column {name!r} is new", same_columns) for name in drift.added]
    found += [
        (f"column {column.name!r} holds {column.misfit!r}", f"it is {_MEANING[column.previous_kind]}")
        for column in drift.columns
        if column.misfit is not None
    ]
    if limits.psi_fail is not None:
        rule = f"a PSI is below psi_fail = {limits.psi_fail}"
        found += [(told, rule) for told, psi in _indices(drift) if psi >= limits.psi_fail]
    return found


def warnings(drift: Drift, limits: DriftLimits) -> list[str]:
    """Tell what a reader of the report should look into, and no limit forbids."""
    fail = float("inf") if limits.psi_fail is None else limits.psi_fail
    return [
        *(
            f"{told}: psi_warn = {limits.psi_warn} warns of that"
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
    """Let a new version pass that is like the previous one.

    Raises:
        DriftError: It is not. The message names each reason.
    """
    if breaches := failures(drift, limits):
        raise DriftError(
            "; ".join(found for found, _ in breaches),
            "; ".join(dict.fromkeys(rule for _, rule in breaches)),
            "Correct the source; where the change is meant, set drift to null in the YAML for one run",
        )


def _indices(drift: Drift) -> list[tuple[str, float]]:
    rates = f"{drift.label_rate:.4f}, was {drift.previous_label_rate:.4f}"
    return [
        (f"label {drift.label!r} has a PSI of {drift.label_psi:.4f} (rate {rates})", drift.label_psi),
        *((f"column {column.name!r} has a PSI of {column.psi:.4f}", column.psi) for column in drift.columns),
    ]
