"""The requests for model, endpoint configuration and endpoint."""

from typing import Any

from include.pipeline.documents.aws_settings import AwsSettings
from include.pipeline.documents.params import RunParams

VARIANT = "AllTraffic"


def deployment_request(
    params: RunParams,
    settings: AwsSettings,
    *,
    name: str,
    image_uri: str,
    role_arn: str,
    tags: list[dict[str, str]],
) -> dict[str, Any]:
    """Build what `SageMakerEndpointOperator` takes: three requests that share one name.

    The model's `ModelDataUrl` is missing: it is the training job's answer.

    Args:
        params: The run's Params.
        settings: The pipeline's. What they turn off is not in the requests.
        name: Of model, endpoint configuration and endpoint; at most 63 characters.
        image_uri: The image that trained the model also serves it.
        role_arn: Reads the model's archive.
        tags: Of all three, in SageMaker's form.
    """
    return {
        "Model": model_request(
            settings, name=name, container={"Image": image_uri}, role_arn=role_arn, tags=tags
        ),
        "EndpointConfig": {
            "EndpointConfigName": name,
            "ProductionVariants": [
                {
                    "VariantName": VARIANT,
                    "ModelName": name,
                    "InstanceType": params.endpoint_instance_type,
                    "InitialInstanceCount": params.endpoint_instance_count,
                    "InitialVariantWeight": 1.0,
                }
            ],
            "Tags": tags,
            **({"KmsKeyId": settings.keys.endpoint_volume} if settings.keys.endpoint_volume else {}),
        },
        "Endpoint": {"EndpointName": name, "EndpointConfigName": name, "Tags": tags},
    }


def model_request(
    settings: AwsSettings, *, name: str, container: dict[str, str], role_arn: str, tags: list[dict[str, str]]
) -> dict[str, Any]:
    """Build the request of `CreateModel`.

    Args:
        settings: The pipeline's. What they turn off is not in the request.
        name: At most 63 characters.
        container: What of `PrimaryContainer` is known.
        role_arn: Reads the model's archive.
        tags: In SageMaker's form.
    """
    return {
        "ModelName": name,
        "PrimaryContainer": container,
        "ExecutionRoleArn": role_arn,
        "Tags": tags,
        **({"VpcConfig": settings.vpc.to_aws()} if settings.vpc else {}),
        **({"EnableNetworkIsolation": True} if settings.network_isolation else {}),
    }
