"""The requests for model, endpoint configuration and endpoint."""

from typing import Any

from include.pipeline.documents.params import RunParams

VARIANT = "AllTraffic"


def deployment_request(
    params: RunParams, *, name: str, image_uri: str, role_arn: str, tags: list[dict[str, str]]
) -> dict[str, Any]:
    """Build what `SageMakerEndpointOperator` takes: three requests that share one name.

    The model's `ModelDataUrl` is missing: it is the training job's answer.

    Args:
        params: The run's Params.
        name: Of model, endpoint configuration and endpoint; at most 63 characters.
        image_uri: The image that trained the model also serves it.
        role_arn: Reads the model's archive.
        tags: Of all three, in SageMaker's form.
    """
    return {
        "Model": {
            "ModelName": name,
            "PrimaryContainer": {"Image": image_uri},
            "ExecutionRoleArn": role_arn,
            "Tags": tags,
        },
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
        },
        "Endpoint": {"EndpointName": name, "EndpointConfigName": name, "Tags": tags},
    }
