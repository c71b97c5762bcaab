"""Training jobs that tests start, follow and wait for."""

from typing import Any

from tests.aws.sagemaker_requests import training_request
from tests.aws.waiting import end_of_job, wait_until

# Far more rounds than any test waits for.
ENDLESS = {"num_round": "10000000", "objective": "binary:logistic"}


def in_training(sagemaker: Any, name: str) -> None:
    """Wait until a job trains."""
    wait_until(lambda: sagemaker.describe_training_job(TrainingJobName=name)["SecondaryStatus"] == "Training")


def finished(sagemaker: Any, name: str) -> dict[str, Any]:
    """Wait for the end of a training job and describe it."""
    return end_of_job(lambda: sagemaker.describe_training_job(TrainingJobName=name), "TrainingJobStatus")


def trained_model(sagemaker: Any, name: str, **members: Any) -> str:
    """Train a model; returns the S3 URI of its archive.

    Args:
        sagemaker: The client.
        name: Of the job.
        members: Of the request.
    """
    sagemaker.create_training_job(**training_request(name, **members))
    job = finished(sagemaker, name)
    assert job["TrainingJobStatus"] == "Completed", job
    archive: str = job["ModelArtifacts"]["S3ModelArtifacts"]
    return archive
