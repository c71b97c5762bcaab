"""How far a new version of the data is from the previous one, and how far it may be."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from include.pipeline.document import Document

Share = Annotated[float, Field(ge=0, le=1)]
"""Of rows; or of what chance alone brings (p-value)."""
Kind = Literal["empty", "constant", "indicator", "integer", "float", "category"]


class DriftLimits(BaseModel):
    """What a population stability index (PSI) may be, of each column and of the label.

    The rule of thumb is: below 0.1 no change, to 0.25 one to look into, above that another population (E.
    Lewis, An Introduction to Credit Scoring, 1994; N. Siddiqi, Credit Risk Scorecards, 2006). It is meant for
    thousands of rows: two samples of one population, of n and m rows in b bins, have a PSI of about
    (b - 1)(1/n + 1/m) (B. Yurdakul, J. Naranjo, Statistical properties of the population stability index,
    Journal of Risk Model Validation, 2020). So a PSI counts only where chance does not explain it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    psi_warn: float = Field(
        default=0.1,
        gt=0,
        allow_inf_nan=False,
        description="A column's PSI of at least this is warned of, where chance does not explain it.",
    )
    psi_fail: float | None = Field(
        default=None,
        gt=0,
        allow_inf_nan=False,
        description="A PSI of at least this, of a column or the label, fails the run, where chance does not "
        "explain it.",
    )

    @model_validator(mode="after")
    def _warns_before_it_fails(self) -> Self:
        if self.psi_fail is not None and self.psi_fail < self.psi_warn:
            raise PydanticCustomError("psi_fail", "psi_fail is at least psi_warn")
        return self


class ShareDrift(Document):
    """A share of the rows in both versions."""

    share: Share
    """Of the new version."""
    previous: Share
    """Of the previous version."""
    chance: Share
    """How likely two samples of one population differ as much (p-value)."""


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
    misfit_chance: Share | None = None
    """How likely the previous version lacks such values by chance (p-value); null where that is not known."""
    chance: Share | None = None
    """How likely two samples of one population are as far apart (p-value); null where an earlier version
    wrote this."""
    of_kind: ShareDrift | None = None
    """Rows that made the column of the previous kind: with a fraction, of `float`; neither 0 nor 1, of
    `integer`. Null where that is not known."""
    missing: ShareDrift | None = None
    """Rows without a value; null where an earlier version wrote this."""
    unseen: ShareDrift | None = None
    """Rows with a value that the previous version did not have: of a column of up to ten values, another one;
    of others, one beyond the lowest or the highest. Where values may not be seen, the previous version may
    have up to nine rows beyond each, which `previous` counts. Null where that is not known."""


class ScoreDrift(Document):
    """The scores that the last accepted model gives to the test rows of both versions."""

    psi: float
    """Population stability index on the deciles of the previous version's scores."""
    chance: Share
    """How likely two samples of one population are as far apart (p-value)."""


class Reference(Document):
    """The accepted model whose data a new version is compared with."""

    run_id: str
    """The run that made it."""
    url: str
    """Where its data came from, without user name, password and query."""
    is_same_source: bool
    """Whether this run's `data_url` led there in the period of that run. False where no model of this source
    was accepted before: then it is the last accepted one of any."""


class Drift(Document):
    """A new version of the data, or the rows appended to it, beside the previous version."""

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
    label_rate: Share | None = None
    """Share of the new version's rows whose label is 1; null where the label is of another kind: then it is
    among the columns."""
    previous_label_rate: Share | None = None
    """Share of the previous version's rows whose label is 1."""
    label_psi: float | None = None
    """Population stability index of the label."""
    label_chance: Share | None = None
    """How likely two samples of one population have such label rates (p-value); null where an earlier version
    wrote this."""
    duplicates: ShareDrift | None = None
    """Rows that are equal to an earlier one. Where the new version has more rows than the previous one, so
    many of them are drawn. Null where that is not known."""
    appended: "Drift | None" = None
    """The rows below those of the previous version, where the new version begins with all of these: what is
    new is compared by itself, so that the old rows do not hide it. Null where it does not begin so."""
    scores: ScoreDrift | None = None
    """The scores of the last accepted model; null before the evaluation, or where it could not be asked."""
    reference: Reference | None = None
    """The model whose data is the previous version; null where an earlier version wrote this."""
