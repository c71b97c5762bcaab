"""Tuning jobs that try a few small models."""

from typing import Any

from tests.aws.sagemaker_requests import HYPERPARAMETERS, IMAGE, ROLE, channel, training_request
from tests.aws.training_data import BUCKET

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
