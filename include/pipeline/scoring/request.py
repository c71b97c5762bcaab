"""The requests for a transform job and the model that it serves."""

from collections.abc import Mapping
from typing import Any

from include.pipeline.documents.aws_settings import AwsSettings
from include.pipeline.documents.scoring.model import ScoringModel
from include.pipeline.documents.scoring.params import ScoreParams
from include.pipeline.planning.deployment_request import model_request

# What the container itself takes, and an endpoint too:
# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTransformJob.html
_PAYLOAD_MB = 6


def transform_request(
    params: ScoreParams,
    settings: AwsSettings,
    *,
    accept: str,
    name: str,
    role_arn: str,
    rows_uri: str,
    answers_uri: str,
    tags: list[dict[str, str]],
) -> dict[str, Any]:
    """Build what `SageMakerTransformOperator` takes: two requests that share one name.

    The model's image and `ModelDataUrl` are missing: the accepted model that is chosen has them.

    Args:
        params: The run's Params.
        settings: The pipeline's.
        accept: The form of answers that has scores.
        name: Of model and job; at most 63 characters.
        role_arn: Reads the model and the rows, writes the answers.
        rows_uri: S3 prefix of the encoded rows: CSV without header.
        answers_uri: S3 prefix below which the job writes, in a folder of its name.
        tags: Of both, in SageMaker's form.
    """
    keys = settings.keys
    return {
        "Model": model_request(settings, name=name, container={}, role_arn=role_arn, tags=tags),
        "Transform": {
            "TransformJobName": name,
            "ModelName": name,
            "MaxPayloadInMB": _PAYLOAD_MB,
            "BatchStrategy": "MultiRecord",
            "TransformInput": {
                "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": rows_uri}},
                "ContentType": "text/csv",
                "SplitType": "Line",
            },
            "TransformOutput": {
                "S3OutputPath": f"{answers_uri}/{name}",
                "Accept": accept,
                "AssembleWith": "Line",
                **({"KmsKeyId": keys.objects} if keys.objects else {}),
            },
            "TransformResources": {
                "InstanceType": params.instance_type,
                "InstanceCount": params.instance_count,
                **({"VolumeKmsKeyId": keys.endpoint_volume} if keys.endpoint_volume else {}),
            },
            "Tags": tags,
        },
    }


def named(request: Mapping[str, Any], job_name: str) -> dict[str, Any]:
    """Give the job another name, and with it answers of its own: an earlier job's may be of other rows."""
    output = request["TransformOutput"]
    folder, _, _ = output["S3OutputPath"].rpartition("/")
    own = {**output, "S3OutputPath": f"{folder}/{job_name}"}
    return {**request, "TransformJobName": job_name, "TransformOutput": own}


def serving(request: Mapping[str, Any], model: ScoringModel) -> dict[str, Any]:
    """Complete the request of the model."""
    return {**request, "PrimaryContainer": {"Image": model.image_uri, "ModelDataUrl": model.model_uri}}
