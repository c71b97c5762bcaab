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
    training_seconds: int | None = None
    """Seconds that training took, the billed and those that spot saved; None where SageMaker did not tell."""
    is_spot: bool = False
    """Whether it was trained on spot instances."""
    archive_sha256: str | None = None
    """SHA-256 in hex of model.tar.gz as it was evaluated; None where an earlier version wrote this."""

    @property
    def spot_saving(self) -> float | None:
        """The share of the on-demand price that spot saved; None for a job on demand.

        Formula: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeTrainingJob.html
        """
        if not self.is_spot or not self.training_seconds:
            return None
        return 1 - self.billable_seconds / self.training_seconds

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
            training_seconds=job.get("TrainingTimeInSeconds"),
            is_spot=job.get("EnableManagedSpotTraining", False),
        )
