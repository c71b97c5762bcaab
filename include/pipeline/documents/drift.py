"""How far a new version of the data is from the previous one, and how far it may be."""

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from include.pipeline.document import Document

Kind = Literal["empty", "constant", "indicator", "integer", "float"]


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


class ColumnDrift(Document):
    """A column that both versions have."""

    name: str
    """Name of the column."""
    psi: float
    """Population stability index on the previous version's bins."""
    kind: Kind
    """What the new version holds."""
    previous_kind: Kind
    """What the previous version held."""
    misfit: float | None
    """The smallest of the new values that are not of the previous kind; null where all are, or where the
    column's values may not be seen."""
    misfit_row: int | None = None
    """The first row with a value that is not of the previous kind, where the values may not be seen."""


class Drift(Document):
    """A new version of the data beside the previous one."""

    rows: int
    """Rows of the new version."""
    previous_rows: int
    """Rows of the previous version."""
    added: tuple[str, ...]
    """Columns that only the new version has."""
    missing: tuple[str, ...]
    """Columns that only the previous version has."""
    columns: tuple[ColumnDrift, ...]
    """The features that both have, the highest PSI first."""
    label: str
    """The label's column."""
    label_rate: float
    """Share of the new version's rows whose label is 1."""
    previous_label_rate: float
    """Share of the previous version's rows whose label is 1."""
    label_psi: float
    """Population stability index of the label."""
