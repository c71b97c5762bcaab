"""A run's model, trained and in service on local AWS as the run's own tasks do it."""

from typing import TYPE_CHECKING

from include.pipeline.documents.plan import RunPlan
from include.pipeline.documents.split import Split
from include.pipeline.documents.training.job import CompletedTrainingJob
from include.pipeline.planning.hyperparameters.request import filled_in
from tests.aws.endpoints import create_deployment, settled
from tests.aws.training_jobs import finished

if TYPE_CHECKING:
    from mypy_boto3_sagemaker import SageMakerClient


def serving_model(sagemaker: "SageMakerClient", plan: RunPlan, split: Split) -> CompletedTrainingJob:
    """Train on what was split, and deploy what comes of it."""
    sagemaker.create_training_job(**filled_in(plan.training, split))
    assert finished(sagemaker, plan.key)["TrainingJobStatus"] == "Completed"
    job = CompletedTrainingJob.describe(sagemaker, plan.key)
    requests = {**plan.deployment}
    requests["Model"]["PrimaryContainer"]["ModelDataUrl"] = job.model_uri
    create_deployment(sagemaker, requests)
    assert settled(sagemaker, plan.key)["EndpointStatus"] == "InService"
    return job
