"""How far a new version of the data is from the previous one, and how far it may be.

`data_profile` works the figures out.
"""

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from include.pipeline.errors import DriftError

Kind = Literal["empty", "constant", "indicator", "integer", "float"]
_MEANING: dict[Kind, str] = {
    "empty": "without a value",
    "constant": "of one value",
    "indicator": "0 or 1",
    "integer": "a whole number",
    "float": "a number with a fraction",
}
# A column may come to hold less than it did by chance, in a small table, or because it was cut somewhere.
_NARROWER: dict[Kind, tuple[Kind, ...]] = {"float": ("integer", "indicator"), "integer": ("indicator",)}


class DriftLimits(BaseModel):
    """What a population stability index (PSI) may be, of each column and of the label.

    The rule of thumb is: below 0.1 no change, to 0.25 one to look into, above that another population (E.
    Lewis, An Introduction to Credit Scoring, 1994; N. Siddiqi, Credit Risk Scorecards, 2006). It is meant for
    thousands of rows: two samples of one population, of n and m rows in b bins, have a PSI of about
    (b - 1)(1/n + 1/m) (B. Yurdakul, J. Naranjo, Statistical properties of the population stability index,
    Journal of Risk Model Validation, 2020).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    psi_warn: float = Field(
        default=0.1, gt=0, allow_inf_nan=False, description="A PSI of at least this is warned of."
    )
    psi_fail: float | None = Field(
        default=None, gt=0, allow_inf_nan=False, description="A PSI of at least this fails the run, if given."
    )

    @model_validator(mode="after")
    def _warns_before_it_fails(self) -> Self:
        if self.psi_fail is not None and self.psi_fail < self.psi_warn:
            raise PydanticCustomError("psi_fail", "psi_fail is at least psi_warn")
        return self


class _Figures(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class ColumnDrift(_Figures):
    """A column that both versions have."""

    name: str
    """Of the column."""
    psi: float
    """Population stability index on the previous version's bins."""
    kind: Kind
    """What the new version holds."""
    previous_kind: Kind
    """What the previous version held."""
    misfit: float | None
    """The smallest of the new values that are not of the previous kind; null where all are."""


class Drift(_Figures):
    """A new version of the data beside the previous one."""

    rows: int
    """Of the new version."""
    previous_rows: int
    """Of the previous version."""
    added: tuple[str, ...]
    """Columns that only the new version has."""
    missing: tuple[str, ...]
    """Columns that only the previous version has."""
    columns: tuple[ColumnDrift, ...]
    """The features that both have, the highest PSI first."""
    label: str
    """The label's column."""
    label_rate: float
    """Share of rows whose label is 1."""
    previous_label_rate: float
    """That of the previous version."""
    label_psi: float
    """Population stability index of the label."""


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
