"""The request for the training job."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from include.pipeline.documents.aws_settings import AwsSettings
from include.pipeline.documents.params import RunParams
from include.pipeline.documents.training.algorithm import ALGORITHMS, XGBOOST, AlgorithmName
from include.pipeline.planning.hyperparameters.request import hyperparameters_of
from include.pipeline.values.params import LabelKind

_DEFAULT_MAX_RUNTIME_SECONDS = 86_400
# SageMaker's limits leave out what comes before and after training: instances, download, upload.
_AROUND_TRAINING = timedelta(minutes=15)


def training_request(
    params: RunParams,
    settings: AwsSettings,
    algorithm: AlgorithmName = XGBOOST,
    kind: LabelKind = "binary",
    *,
    job_name: str,
    image_uri: str,
    role_arn: str,
    train_uri: str,
    validation_uri: str | None,
    output_uri: str,
    checkpoints_uri: str,
    tags: list[dict[str, str]],
) -> dict[str, Any]:
    """Build the request of `CreateTrainingJob`.

    Args:
        params: The run's Params.
        settings: The pipeline's. What they turn off is not in the request.
        algorithm: Which trains. What the training rows decide is a word among its hyperparameters.
        kind: Of the label.
        job_name: At most 63 characters.
        image_uri: SageMaker's image of it.
        role_arn: Reads `train_uri` and writes `output_uri`.
        train_uri: S3 prefix of the training files, in the form of the algorithm.
        validation_uri: S3 prefix of the validation rows, in the same form; None where there are none.
        output_uri: S3 prefix below which SageMaker writes `<job_name>/output/model.tar.gz`.
        checkpoints_uri: S3 prefix below which a spot job keeps checkpoints, in a folder of its name.
        tags: Of the job, in SageMaker's form.
    """
    sharded, trained = params.training_instance_count > 1, ALGORITHMS[algorithm]
    form = trained.content_type
    return {
        "TrainingJobName": job_name,
        "AlgorithmSpecification": {"TrainingImage": image_uri, "TrainingInputMode": "File"},
        "RoleArn": role_arn,
        "HyperParameters": hyperparameters_of(params.hyperparameters, algorithm, kind),
        "InputDataConfig": [
            _channel("train", train_uri, form, "ShardedByS3Key" if sharded else "FullyReplicated"),
            *(
                [_channel("validation", validation_uri, form, "FullyReplicated")]
                if validation_uri and trained.validates
                else []
            ),
        ],
        "OutputDataConfig": {"S3OutputPath": output_uri, **_given(KmsKeyId=settings.keys.model)},
        "ResourceConfig": {
            "InstanceType": params.training_instance_type,
            "InstanceCount": params.training_instance_count,
            "VolumeSizeInGB": settings.volume_gb,
            **_given(
                VolumeKmsKeyId=settings.keys.training_volume,
                KeepAlivePeriodInSeconds=settings.keep_alive_seconds,
            ),
        },
        "StoppingCondition": settings.stopping_condition,
        "Tags": tags,
        **_given(
            VpcConfig=settings.vpc and settings.vpc.to_aws(),
            EnableNetworkIsolation=settings.network_isolation,
            # One instance has no traffic to encrypt.
            EnableInterContainerTrafficEncryption=settings.encrypt_between_instances and sharded,
            EnableManagedSpotTraining=settings.spot is not None,
            CheckpointConfig=settings.spot
            and trained.has_checkpoints
            and {"S3Uri": f"{checkpoints_uri}/{job_name}"},
        ),
    }


def named(request: Mapping[str, Any], job_name: str) -> dict[str, Any]:
    """Give a request another name, and with it checkpoints of its own.

    A job goes on from the checkpoints that it finds: another's would be of other data, or of other Params.
    """
    changed = {**request, "TrainingJobName": job_name}
    if "CheckpointConfig" in request:
        folder, _, _ = request["CheckpointConfig"]["S3Uri"].rpartition("/")
        changed["CheckpointConfig"] = {**request["CheckpointConfig"], "S3Uri": f"{folder}/{job_name}"}
    return changed


def _given(**members: Any) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value}


def _channel(name: str, uri: str, content_type: str, distribution: str) -> dict[str, Any]:
    source = {"S3DataType": "S3Prefix", "S3Uri": uri, "S3DataDistributionType": distribution}
    return {"ChannelName": name, "ContentType": content_type, "DataSource": {"S3DataSource": source}}


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
