"""The request for the training job."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from include.pipeline.documents.params import RunParams

# The tutorial's job takes a minute; ten times its data still fits. Here SageMaker stops job and bill.
MAX_RUNTIME_SECONDS = 3600
VOLUME_GB = 10

_DEFAULT_MAX_RUNTIME_SECONDS = 86_400
# SageMaker's limits leave out what comes before and after training: instances, download, upload.
_AROUND_TRAINING = timedelta(minutes=15)


def training_request(
    params: RunParams,
    *,
    job_name: str,
    image_uri: str,
    role_arn: str,
    train_uri: str,
    validation_uri: str | None,
    output_uri: str,
    tags: list[dict[str, str]],
) -> dict[str, Any]:
    """Build the request of `CreateTrainingJob`.

    Args:
        params: The run's Params.
        job_name: At most 63 characters.
        image_uri: SageMaker's XGBoost image.
        role_arn: Reads `train_uri` and writes `output_uri`.
        train_uri: S3 prefix of the training files: CSV without header, label first.
        validation_uri: S3 prefix of the validation rows, in the same form; None where there are none.
        output_uri: S3 prefix below which SageMaker writes `<job_name>/output/model.tar.gz`.
        tags: Of the job, in SageMaker's form.
    """
    sharded = params.training_instance_count > 1
    return {
        "TrainingJobName": job_name,
        "AlgorithmSpecification": {"TrainingImage": image_uri, "TrainingInputMode": "File"},
        "RoleArn": role_arn,
        # SageMaker takes strings only.
        "HyperParameters": {name: str(value) for name, value in params.hyperparameters.items()},
        "InputDataConfig": [
            _channel("train", train_uri, "ShardedByS3Key" if sharded else "FullyReplicated"),
            *([_channel("validation", validation_uri, "FullyReplicated")] if validation_uri else []),
        ],
        "OutputDataConfig": {"S3OutputPath": output_uri},
        "ResourceConfig": {
            "InstanceType": params.training_instance_type,
            "InstanceCount": params.training_instance_count,
            "VolumeSizeInGB": VOLUME_GB,
        },
        "StoppingCondition": {"MaxRuntimeInSeconds": MAX_RUNTIME_SECONDS},
        "Tags": tags,
    }


def _channel(name: str, uri: str, distribution: str) -> dict[str, Any]:
    source = {"S3DataType": "S3Prefix", "S3Uri": uri, "S3DataDistributionType": distribution}
    return {"ChannelName": name, "ContentType": "text/csv", "DataSource": {"S3DataSource": source}}


def time_limit(stopping_condition: Mapping[str, int]) -> timedelta:
    """Work out when a job that has not ended yet never will.

    Members: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_StoppingCondition.html

    Args:
        stopping_condition: Of the job, as `DescribeTrainingJob` tells it. In seconds: of a spot job, wait and
            training together; of another, the training, and what it may be pending before.
    """
    seconds = stopping_condition.get("MaxWaitTimeInSeconds") or (
        stopping_condition.get("MaxRuntimeInSeconds", _DEFAULT_MAX_RUNTIME_SECONDS)
        + stopping_condition.get("MaxPendingTimeInSeconds", 0)
    )
    return timedelta(seconds=seconds) + _AROUND_TRAINING
