"""The operations on training jobs."""

from local_aws.algorithms.registry import find_algorithm
from local_aws.errors import ValidationError
from local_aws.jobs.operations import free_arn, operations_of, start_job
from local_aws.protocol import tags
from local_aws.protocol.request_validation import missing_member
from local_aws.state.resources import JsonObject, Region
from local_aws.training.channels import check_channels
from local_aws.training.job import TrainingJob
from local_aws.training.run import TrainingRun


def create_training_job(region: Region, request: JsonObject) -> JsonObject:
    """Start a training job, after AWS's checks of its name, image and input."""
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
