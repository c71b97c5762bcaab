"""The operations on hyperparameter tuning jobs, and the list of a tuning job's training jobs."""

import math
from collections.abc import Iterator

from local_aws.algorithms.metric import Metric
from local_aws.algorithms.registry import find_algorithm, metrics_of
from local_aws.errors import ValidationError
from local_aws.jobs.operations import find_job, free_arn, operations_of
from local_aws.protocol import tags
from local_aws.protocol.listing import page_of
from local_aws.protocol.request_validation import missing_member
from local_aws.state.resources import JsonObject, Region
from local_aws.training.channels import check_channels
from local_aws.training.job import TrainingJob
from local_aws.training.limits import check_limits
from local_aws.training.program import check_metrics, refuse_script
from local_aws.tuning.hyperband import Hyperband
from local_aws.tuning.job import TuningJob
from local_aws.tuning.parzen import Observation, guided
from local_aws.tuning.ranges import Range, draws, grid, ranges_of
from local_aws.tuning.run import TuningRun
from local_aws.tuning.warm_start import WarmStart, observation

_NAME = "HyperParameterTuningJobName"
_NOT_HERE = {
    "TrainingJobDefinitions": "it tunes the one of TrainingJobDefinition",
    "Autotune": "ranges, objective and limits are the request's",
}


def create_tuning_job(region: Region, request: JsonObject) -> JsonObject:
    """Start a tuning job, after AWS's checks of its name, ranges, metric, and training jobs.

    The seed is RandomSeed, or else the job's name.
    """
    name = request[_NAME]
    arn = free_arn(region, TuningJob, name)
    for member, instead in _NOT_HERE.items():
        if member in request:
            raise ValidationError(f"Local AWS has no {member}; {instead}.")
    definition = request.get("TrainingJobDefinition")
    if definition is None:
        raise missing_member("trainingJobDefinition")
    config = request["HyperParameterTuningJobConfig"]
    objective = _objective(config, definition)
    ranges = ranges_of(config.get("ParameterRanges", {}))
    static = definition.get("StaticHyperParameters", {})
    if clash := sorted({one.name for one in ranges} & set(static)):
        raise ValidationError(f"Hyperparameters {clash} have a range, and cannot be static as well.")
    check_channels(definition, region.storage, region.name)
    if "ResourceConfig" not in definition:
        raise missing_member("trainingJobDefinition.resourceConfig")
    check_limits(definition)
    most = _most_jobs(config, ranges)
    hyperband = Hyperband.of(config, static, objective)
    warm_start = WarmStart.of(region, request, objective, len(ranges) + len(static))
    static = {**static, "_tuning_objective_metric": objective.name}
    request = request | {"TrainingJobDefinition": definition | {"StaticHyperParameters": static}}
    job = TuningJob(
        name=name,
        arn=arn,
        request=request,
        tags=tags.from_request(request),
        objective=objective,
        parents_best=warm_start.best,
    )
    region.of(TuningJob)[name] = job
    TuningRun(region, job, _candidates(job, ranges, warm_start), most, hyperband).start()
    return {"HyperParameterTuningJobArn": arn}


def _candidates(job: TuningJob, ranges: list[Range], warm_start: WarmStart) -> Iterator[dict[str, str]]:
    """Return the combinations to try, in their order."""
    config = job.request["HyperParameterTuningJobConfig"]
    seed, known = config.get("RandomSeed", job.name), warm_start.tried(ranges)
    if config["Strategy"] == "Grid":
        return (one for one in grid(ranges) if tuple(one.values()) not in known)
    if config["Strategy"] != "Bayesian":
        return draws(ranges, seed, known)
    inherited = warm_start.observations(ranges)

    def observed() -> list[Observation]:
        own = [observation(trial, ranges) for trial in job.trials]
        return [*inherited, *(one for one in own if one is not None)]

    return guided(ranges, seed, observed, known)


def list_training_jobs_of_tuning_job(region: Region, request: JsonObject) -> JsonObject:
    """List a tuning job's training jobs, by name."""
    trials = {trial.job.name: trial for trial in find_job(region, TuningJob, request[_NAME]).trials}
    rated = {trial.job: trial.value for trial in trials.values() if trial.value is not None}
    by_value = request.get("SortBy") == "FinalObjectiveMetricValue"
    jobs = rated if by_value else [trial.job for trial in trials.values()]
    page, token = page_of(jobs, request, "Ascending", "Name", rated.__getitem__ if by_value else None)
    return {"TrainingJobSummaries": [trials[job.name].summary() for job in page], "NextToken": token}


def _objective(config: JsonObject, definition: JsonObject) -> Metric:
    wanted = config.get("HyperParameterTuningJobObjective")
    if wanted is None:
        raise missing_member("hyperParameterTuningJobConfig.hyperParameterTuningJobObjective")
    specification = definition["AlgorithmSpecification"]
    image = specification.get("TrainingImage")
    if image is None or "AlgorithmName" in specification:
        raise ValidationError("Local AWS needs the algorithm as AlgorithmSpecification.TrainingImage.")
    algorithm = find_algorithm(image)
    check_metrics(specification)
    refuse_script(definition.get("StaticHyperParameters", {}), "tuning jobs")
    metrics = {metric.name: metric for metric in metrics_of(algorithm)}
    name, direction = wanted["MetricName"], wanted["Type"]
    if name not in metrics:
        raise ValidationError(
            f"The objective metric for the hyperparameter tuning job, [{name}], isn't valid for the "
            f"[{image}] algorithm. Choose a valid objective metric."
        )
    if direction != metrics[name].direction:
        raise ValidationError(
            f"The objective metric type, [{direction}], that you specified for objective metric, [{name}], "
            f"isn't valid for the [{image}] algorithm. Choose a valid objective metric type."
        )
    return metrics[name]


def _most_jobs(config: JsonObject, ranges: list[Range]) -> float:
    """Return the largest number of training jobs. It is infinite where the request has no limit."""
    limits = config["ResourceLimits"]
    combinations = float(math.prod(one.size for one in ranges))
    if config["Strategy"] == "Grid":
        grid(ranges)
        return combinations
    most = limits.get("MaxNumberOfTrainingJobs", math.inf)
    if "MaxNumberOfTrainingJobs" in limits and combinations < most:
        raise ValidationError(
            "You don't have enough combinations of hyperparameter ranges. The total number of hyperparameter "
            f"combinations for the provided ranges [{combinations}] must be equal or greater than the value "
            f"of MaxNumberOfJobs, [{most}]. Provide additional ranges."
        )
    if most < limits["MaxParallelTrainingJobs"]:
        raise ValidationError("MaxParallelTrainingJobs must not be above MaxNumberOfTrainingJobs.")
    is_bounded = "MaxRuntimeInSeconds" in limits or config.get("TuningJobCompletionCriteria")
    if math.isinf(most) and math.isinf(combinations) and not is_bounded:
        raise missing_member("hyperParameterTuningJobConfig.resourceLimits.maxNumberOfTrainingJobs")
    return float(most)


def resume(region: Region) -> None:
    """Let tuning jobs find their training jobs again after a restart, by name."""
    training_jobs = region.of(TrainingJob)
    for job in region.of(TuningJob).values():
        job.trials = [
            job.trial(training_jobs[trial.training_job], trial.tuned)
            for trial in job.started
            if trial.training_job in training_jobs
        ]


OPERATIONS = {
    "CreateHyperParameterTuningJob": create_tuning_job,
    "ListTrainingJobsForHyperParameterTuningJob": list_training_jobs_of_tuning_job,
    **operations_of(TuningJob, "Ascending", "Name"),
}
