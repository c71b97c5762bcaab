"""The operations on training jobs."""

from include.local_aws import tags
from include.local_aws.algorithms.registry import find_algorithm
from include.local_aws.aws_errors import ValidationError
from include.local_aws.job_operations import free_arn, operations_of, start_job
from include.local_aws.request_validation import missing_member
from include.local_aws.resources import JsonObject, Region
from include.local_aws.training_channels import check_channels
from include.local_aws.training_run import TrainingRun
from include.local_aws.training_states import TrainingJob


def create_training_job(region: Region, request: JsonObject) -> JsonObject:
    """Starts a training job, after AWS's checks of its name, image and input."""
    name = request["TrainingJobName"]
    arn = free_arn(region, TrainingJob, name)
    for member in ("AlgorithmSpecification", "ResourceConfig"):
        if member not in request:
            raise missing_member(member[0].lower() + member[1:])
    image_uri = request["AlgorithmSpecification"].get("TrainingImage")
    if image_uri is None:
        raise ValidationError("Local AWS needs the algorithm as AlgorithmSpecification.TrainingImage.")
    algorithm = find_algorithm(image_uri)
    check_channels(request, region.storage)
    job = TrainingJob(
        name=name, arn=arn, request=request, tags=tags.from_request(request), algorithm=algorithm
    )
    start_job(region, job, TrainingRun(region, job))
    return {"TrainingJobArn": arn}


OPERATIONS = {"CreateTrainingJob": create_training_job, **operations_of(TrainingJob, "Ascending")}
