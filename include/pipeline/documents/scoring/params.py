"""The Params of a run that scores new rows."""

from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from include.pipeline.documents.config import PipelineConfig
from include.pipeline.values.form import checked
from include.pipeline.values.form_sections import AFTERWARDS, DATA, RARELY_CHANGED
from include.pipeline.values.params import Account, InstanceType, PlainText, WholeNumber


class ScoreParams(BaseModel):
    """The Params of one run."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    data_url: str | None = Field(
        min_length=1,
        title="Rows to score",
        description="An https:// or s3:// URL (a file path where the settings allow it), without user and "
        "password. The file has the columns that the model was trained on; a label is not needed, "
        "and not looked at. {interval_start:%Y-%m-%d} in it stands for the run's date.",
        json_schema_extra=DATA,
    )
    source_connection: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,250}$")] | None = Field(
        title="Connection of the rows",
        description="Airflow connection of type http with the login, token or headers for the server of the "
        "rows, among those that the pipeline's limits list. Empty: none is needed.",
        json_schema_extra=DATA,
    )
    model: PlainText | None = Field(
        title="Model",
        description="Run id of the run whose accepted model scores. Empty: the newest accepted model of the "
        "pipeline's own source.",
        json_schema_extra=DATA,
    )
    top: WholeNumber | None = Field(
        ge=1,
        title="Highest rows",
        description="Keep only so many rows, the highest scores first. Empty: all, or the share below.",
        json_schema_extra=AFTERWARDS,
    )
    top_fraction: float | None = Field(
        gt=0,
        le=1,
        title="Highest share",
        description="Keep only this share of the rows, the highest scores first. Empty: all.",
        json_schema_extra=AFTERWARDS,
    )
    bucket: PlainText | None = Field(
        title="S3 bucket",
        description="That of the model. Empty: airflow-sagemaker-(region)-(account).",
        json_schema_extra=RARELY_CHANGED,
    )
    bucket_owner: Account | None = Field(
        title="Account of the bucket",
        description="Twelve digits: the AWS account that the bucket has to belong to. Empty: the account of "
        "the run.",
        json_schema_extra=RARELY_CHANGED,
    )
    role: PlainText | None = Field(
        title="SageMaker role",
        description="Name or ARN of the IAM role that SageMaker works under. Empty: the Airflow Variable "
        "sagemaker_role.",
        json_schema_extra=RARELY_CHANGED,
    )
    instance_type: InstanceType = Field(
        title="Instance",
        description="Of the transform job: billed by the second while the job runs.",
        json_schema_extra=RARELY_CHANGED,
    )
    instance_count: WholeNumber = Field(
        ge=1,
        le=20,
        title="Number of instances",
        description="Each scores a part of the rows.",
        json_schema_extra=RARELY_CHANGED,
    )

    @model_validator(mode="after")
    def _one_top(self) -> Self:
        if self.top is not None and self.top_fraction is not None:
            raise PydanticCustomError("top", "top and top_fraction: one of the two")
        return self

    @classmethod
    def defaults(cls, config: PipelineConfig) -> Self:
        """Take them from a pipeline's YAML: its section `score`, and where its models are, from `params`."""
        assert config.score  # noqa: S101 - its DAG is made of no other
        chosen = config.score.model_dump(exclude={"schedule", "max_runtime_seconds"})
        own = config.params.model_dump(include={"bucket", "bucket_owner", "role"})
        return cls.model_validate({**chosen, **own, "model": None})

    def kept_of(self, rows: int) -> int:
        """Tell how many rows of so many are kept: of a share, at least one."""
        if self.top is not None:
            return min(self.top, rows)
        return rows if self.top_fraction is None else max(1, int(self.top_fraction * rows))


def parse_score_params(values: Mapping[str, Any]) -> ScoreParams:
    """Check the names, types and bounds of a run's Params.

    Raises:
        ParamError: Params are not valid. One message names all of them.
    """
    return checked(ScoreParams, values)
