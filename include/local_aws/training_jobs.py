"""CreateTrainingJob, DescribeTrainingJob, StopTrainingJob and ListTrainingJobs."""

from include.local_aws import tags
from include.local_aws.algorithms.registry import find_algorithm
from include.local_aws.aws_errors import ResourceInUseError, ValidationError
from include.local_aws.listing import page_of
from include.local_aws.request_validation import missing_member
from include.local_aws.resources import JsonObject, Region
from include.local_aws.training_channels import check_channels
from include.local_aws.training_run import run_training
from include.local_aws.training_states import TrainingJob


def _find(region: Region, name: str) -> TrainingJob:
    if name not in region.of(TrainingJob):
        raise ValidationError("Requested resource not found.")
    return region.of(TrainingJob)[name]


def create_training_job(region: Region, request: JsonObject) -> JsonObject:
    """Starts a training job, after AWS's checks of its name, image and input."""
    name = request["TrainingJobName"]
    arn = region.arn(TrainingJob, name)
    if region.with_arn(arn) is not None:
        raise ResourceInUseError(
            "Training job names must be unique within an AWS account and region, and a training job with "
            f"this name already exists ({arn})"
        )
    for member in ("AlgorithmSpecification", "ResourceConfig"):
        if member not in request:
            raise missing_member(member[0].lower() + member[1:])
    image_uri = request["AlgorithmSpecification"].get("TrainingImage")
    if image_uri is None:
        raise ValidationError("Local AWS needs the algorithm as AlgorithmSpecification.TrainingImage.")
    algorithm = find_algorithm(image_uri)
    check_channels(request.get("InputDataConfig", []), region.storage)
    job = TrainingJob(
        name=name, arn=arn, request=request, tags=tags.from_request(request), algorithm=algorithm
    )
    region.of(TrainingJob)[name] = job
    job.turn = region.background.run_job(run_training, region, job)
    return {"TrainingJobArn": arn}


def describe_training_job(region: Region, request: JsonObject) -> JsonObject:
    """Describes a training job."""
    return _find(region, request["TrainingJobName"]).describe()


def stop_training_job(region: Region, request: JsonObject) -> JsonObject:
    """Asks a job to stop: SIGTERM, then SIGKILL after SageMaker's grace."""
    job = _find(region, request["TrainingJobName"])
    if job.status not in ("InProgress", "Stopping"):
        raise ValidationError(f"The request was rejected because the training job is in status {job.status}.")
    if job.status == "InProgress":
        job.stop()
        if job.turn.cancel():
            job.end_stopped()
    return {}


def list_training_jobs(region: Region, request: JsonObject) -> JsonObject:
    """Lists training jobs, the oldest first."""
    page, token = page_of(region.of(TrainingJob).values(), request, "Ascending")
    return {"TrainingJobSummaries": [job.describe() for job in page], "NextToken": token}


def resume(region: Region) -> None:
    """After a restart: jobs that ran are lost."""
    for job in region.of(TrainingJob).values():
        if job.status in ("InProgress", "Stopping"):
            job.fail("InternalServerError: local AWS ended while the training job ran.")


OPERATIONS = {
    "CreateTrainingJob": create_training_job,
    "DescribeTrainingJob": describe_training_job,
    "StopTrainingJob": stop_training_job,
    "ListTrainingJobs": list_training_jobs,
}
