"""The section `score` of a pipeline's YAML: how new rows are scored by the pipeline's model."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StrictInt, model_validator
from pydantic_core import PydanticCustomError

from include.pipeline.values.params import InstanceType

SCORE = "_score"
"""What follows a pipeline's name in the id of the DAG that scores new rows."""
_HOUR = 3600

Rows = Annotated[int, Field(strict=True, ge=1)]
Fraction = Annotated[float, Field(gt=0, le=1)]


class ScoreSettings(BaseModel):
    """How new rows are scored. Each field that the Trigger form has too is its default there."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    data_url: str | None = Field(default=None, min_length=1)
    """The rows to score, as `data_url` of `params` names those to train on: a dated URL is another file for
    each period. Null: the form has to name it."""
    source_connection: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,250}$")] | None = None
    """Airflow connection of type http for the server of the rows."""
    schedule: str | None = None
    """When new rows are scored, as a cron expression or preset in UTC; null for by hand only."""
    top: Rows | None = None
    """Only so many rows are kept, the highest scores first; null for all."""
    top_fraction: Fraction | None = None
    """Only this share of the rows is kept; null for all."""
    instance_type: InstanceType = "ml.m5.large"
    """Of the transform job."""
    instance_count: StrictInt = Field(default=1, ge=1, le=20)
    """How many."""
    max_runtime_seconds: StrictInt = Field(default=_HOUR, ge=60, le=7 * 24 * _HOUR)
    """After that the transform job is stopped: SageMaker sets it no limit of its own."""

    @model_validator(mode="after")
    def _one_top(self) -> Self:
        if self.top is not None and self.top_fraction is not None:
            raise PydanticCustomError("top", "top and top_fraction: one of the two")
        return self

    @model_validator(mode="after")
    def _something_is_there_to_score(self) -> Self:
        if self.schedule is not None and self.data_url is None:
            raise PydanticCustomError("schedule", "schedule: needs data_url, as nobody fills in a form")
        return self
