"""The operations on training jobs."""

from local_aws.algorithms.registry import find_algorithm, runs_scripts
from local_aws.errors import ValidationError
from local_aws.jobs.operations import free_arn, operations_of, start_job
from local_aws.protocol import tags
from local_aws.protocol.listing import page_of
from local_aws.protocol.request_validation import missing_member
from local_aws.state.resources import JsonObject, Region
from local_aws.training.channels import check_channels
from local_aws.training.command import Command
from local_aws.training.job import TrainingJob
from local_aws.training.limits import check_limits
from local_aws.training.program import check_metrics, check_trains, refuse_script
from local_aws.training.run import TrainingRun
from local_aws.training.script_mode import Script


def create_training_job(region: Region, request: JsonObject) -> JsonObject:
    """Start a training job, after AWS's checks of its name, image and input."""
    name = request["TrainingJobName"]
    arn = free_arn(region, TrainingJob, name)
    for member in ("AlgorithmSpecification", "ResourceConfig"):
        if member not in request:
            raise missing_member(member[0].lower() + member[1:])
    specification = request["AlgorithmSpecification"]
    image_uri = specification.get("TrainingImage")
    if image_uri is None or "AlgorithmName" in specification:
        raise ValidationError("Local AWS needs the algorithm as AlgorithmSpecification.TrainingImage.")
    algorithm = find_algorithm(image_uri)
    check_metrics(specification)
    hyperparameters = request.get("HyperParameters", {})
    if not runs_scripts(algorithm):
        refuse_script(hyperparameters, algorithm.image)
    script = Command.of(request, algorithm) or Script.of(request, hyperparameters)
    if script is None:
        check_trains(algorithm)
    check_limits(request)
    has_pipe_mode = script is None and algorithm.has_pipe_mode
    check_channels(request, region.storage, region.name, has_pipe_mode=has_pipe_mode)
    job = TrainingJob(
        name=name, arn=arn, request=request, tags=tags.from_request(request), algorithm=algorithm
    )
    start_job(region, job, TrainingRun(region, job, script))
    return {"TrainingJobArn": arn}


def list_training_jobs(region: Region, request: JsonObject) -> JsonObject:
    """List training jobs, the newest first, also by what becomes of their instances.

    The API reference says Ascending of SortOrder, and in its example of the operation "from the most current
    to the oldest". The example was chosen: AWS was seen to answer so.
    """
    pool, plan = request.get("WarmPoolStatusEquals"), request.get("TrainingPlanArnEquals")

    def is_wanted(job: TrainingJob) -> bool:
        # No job has a training plan: CreateTrainingJob refuses it.
        return plan is None and (pool is None or (job.warm_pool or {}).get("Status") == pool)

    page, token = page_of(region.of(TrainingJob).values(), request, "Descending", wanted=is_wanted)
    return {"TrainingJobSummaries": [job.describe() for job in page], "NextToken": token}


OPERATIONS = {
    "CreateTrainingJob": create_training_job,
    **operations_of(TrainingJob, "Descending"),
    "ListTrainingJobs": list_training_jobs,
}
