"""Requests to SageMaker that train and serve a small model of the built-in XGBoost algorithm."""

from collections.abc import Sequence
from typing import Any

from tests.aws.training_data import BUCKET

ROLE = "arn:aws:iam::123456789012:role/service-role/Trainer"
IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.2-0"
INSTANCE_TYPE = "ml.m4.xlarge"
HYPERPARAMETERS = {"num_round": "5", "objective": "binary:logistic"}


def channel(name: str = "train", uri: str = f"s3://{BUCKET}/train/", **members: Any) -> dict[str, Any]:
    """Build a channel of CSV files."""
    source = {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": uri}}
    return {"ChannelName": name, "ContentType": "text/csv", "DataSource": source, **members}


def training_request(name: str, **members: Any) -> dict[str, Any]:
    """Build the request for a job of a second. Members given take the place of its own."""
    return {
        "TrainingJobName": name,
        "RoleArn": ROLE,
        "AlgorithmSpecification": {"TrainingImage": IMAGE, "TrainingInputMode": "File"},
        "HyperParameters": dict(HYPERPARAMETERS),
        "InputDataConfig": [channel()],
        "OutputDataConfig": {"S3OutputPath": f"s3://{BUCKET}/output"},
        "ResourceConfig": {"InstanceType": INSTANCE_TYPE, "InstanceCount": 1, "VolumeSizeInGB": 1},
        "StoppingCondition": {"MaxRuntimeInSeconds": 600},
        **members,
    }


def model_request(name: str, model_data: str, image: str = IMAGE, **members: Any) -> dict[str, Any]:
    """Build the request for a model of an archive on S3."""
    container = {"Image": image, "ModelDataUrl": model_data}
    return {"ModelName": name, "ExecutionRoleArn": ROLE, "PrimaryContainer": container, **members}


def variant(model: str, name: str = "AllTraffic", **members: Any) -> dict[str, Any]:
    """Build a production variant of one instance."""
    return {
        "VariantName": name,
        "ModelName": model,
        "InitialInstanceCount": 1,
        "InstanceType": INSTANCE_TYPE,
        **members,
    }


def deployment_requests(
    name: str, model_data: str, tags: Sequence[dict[str, str]] = (), **members: Any
) -> dict[str, dict[str, Any]]:
    """Build the requests for model, endpoint configuration and endpoint of one name.

    Args:
        name: Of all three.
        model_data: The model's archive on S3.
        tags: Of all three.
        members: Of the production variant.

    Returns:
        The requests by `Model`, `EndpointConfig` and `Endpoint`, as the provider's operator takes them.
    """
    owned = {"Tags": list(tags)}
    variants = [variant(name, **members)]
    return {
        "Model": model_request(name, model_data) | owned,
        "EndpointConfig": {"EndpointConfigName": name, "ProductionVariants": variants} | owned,
        "Endpoint": {"EndpointName": name, "EndpointConfigName": name} | owned,
    }
