"""The section `registry` of a pipeline's YAML: its accepted models in SageMaker's model registry."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class RegistrySettings(BaseModel):
    """How accepted models become versions of a group in SageMaker's model registry."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    group: str | None = Field(
        default=None,
        max_length=63,
        pattern=r"^[a-zA-Z0-9](-*[a-zA-Z0-9])*$",
        description="Name of the group; null for that of the deployment and the pipeline.",
    )
    approval: Literal["automatic", "by a person"] = Field(
        default="automatic",
        description="Whether a model that passed the gate is approved, or a person decides in Airflow.",
    )
    answer_within_days: float = Field(
        default=7, gt=0, le=90, description="A model on which nobody decides so long is rejected."
    )
