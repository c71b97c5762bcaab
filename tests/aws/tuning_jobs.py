"""Tuning jobs that try a few small models."""

from typing import Any

from tests.aws.sagemaker_requests import HYPERPARAMETERS, IMAGE, ROLE, channel, training_request
from tests.aws.training_data import BUCKET
from tests.aws.waiting import end_of_job

LIMITS = {"MaxNumberOfTrainingJobs": 3, "MaxParallelTrainingJobs": 2}
RANGES = {
    "ContinuousParameterRanges": [
        {"Name": "eta", "MinValue": "0.01", "MaxValue": "1", "ScalingType": "Logarithmic"}
    ],
    "IntegerParameterRanges": [{"Name": "max_depth", "MinValue": "1", "MaxValue": "6"}],
}


def tuning_request(
    name: str,
    *,
    static: dict[str, str] | None = None,
    definition: dict[str, Any] | None = None,
    members: dict[str, Any] | None = None,
    **config: Any,
) -> dict[str, Any]:
    """Build the request for three training jobs that read `train/` and `validation/` of the bucket.

    Args:
        name: Of the tuning job.
        static: Hyperparameters that all training jobs have.
        definition: Members of the training jobs' definition.
        members: Members of the request.
        config: Members of `HyperParameterTuningJobConfig`.
    """
    training = training_request("")
    return {
        "HyperParameterTuningJobName": name,
        "HyperParameterTuningJobConfig": {
            "Strategy": "Bayesian",
            "HyperParameterTuningJobObjective": {"Type": "Maximize", "MetricName": "validation:auc"},
            "ResourceLimits": LIMITS,
            "ParameterRanges": RANGES,
            **config,
        },
        "TrainingJobDefinition": {
            "AlgorithmSpecification": {"TrainingImage": IMAGE, "TrainingInputMode": "File"},
            "RoleArn": ROLE,
            "StaticHyperParameters": HYPERPARAMETERS if static is None else static,
            "InputDataConfig": [channel(), channel("validation", f"s3://{BUCKET}/validation/")],
            **{
                member: training[member]
                for member in ("OutputDataConfig", "ResourceConfig", "StoppingCondition")
            },
            **(definition or {}),
        },
        **(members or {}),
    }


def described(sagemaker: Any, name: str) -> dict[str, Any]:
    """Describe a tuning job."""
    found: dict[str, Any] = sagemaker.describe_hyper_parameter_tuning_job(HyperParameterTuningJobName=name)
    return found


def tuned(sagemaker: Any, name: str, **members: Any) -> dict[str, Any]:
    """Run a tuning job to its end and describe it."""
    sagemaker.create_hyper_parameter_tuning_job(**tuning_request(name, **members))
    return end_of_job(lambda: described(sagemaker, name), "HyperParameterTuningJobStatus")


def trials(sagemaker: Any, name: str, **members: Any) -> list[dict[str, Any]]:
    """List the training jobs of a tuning job."""
    found: list[dict[str, Any]] = sagemaker.list_training_jobs_for_hyper_parameter_tuning_job(
        HyperParameterTuningJobName=name, **members
    )["TrainingJobSummaries"]
    return found


def value_of(trial: dict[str, Any]) -> float:
    """Return the value of a training job's objective metric."""
    value: float = trial["FinalHyperParameterTuningJobObjectiveMetric"]["Value"]
    return value
