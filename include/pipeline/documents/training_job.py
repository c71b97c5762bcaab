"""The training job that made a model, as SageMaker tells it once it has ended."""

from datetime import datetime
from typing import TYPE_CHECKING, Self

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from mypy_boto3_sagemaker import SageMakerClient


class TrainingJob(BaseModel):
    """The job that made the model."""

    model_config = ConfigDict(frozen=True)

    name: str
    model_uri: str
    """Of model.tar.gz."""
    started: datetime
    ended: datetime
    billable_seconds: int
    """Of each instance."""

    @classmethod
    def describe(cls, sagemaker: "SageMakerClient", name: str) -> Self:
        """Ask SageMaker for a job that has completed."""
        job = sagemaker.describe_training_job(TrainingJobName=name)
        return cls(
            name=name,
            model_uri=job["ModelArtifacts"]["S3ModelArtifacts"],
            started=job["TrainingStartTime"],
            ended=job["TrainingEndTime"],
            billable_seconds=job["BillableTimeInSeconds"],
        )
