"""The training job that made a model, as SageMaker tells it once it has ended."""

from datetime import datetime
from typing import TYPE_CHECKING, Self

from include.pipeline.document import Document

if TYPE_CHECKING:
    from mypy_boto3_sagemaker import SageMakerClient


class CompletedTrainingJob(Document):
    """The job that made the model."""

    name: str
    model_uri: str
    """`s3://` URI of model.tar.gz."""
    started: datetime
    ended: datetime
    billable_seconds: int
    """Seconds billed for each instance."""

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
