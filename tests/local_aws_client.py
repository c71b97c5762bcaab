"""boto3 against local AWS, with a table that a model learns within a second."""

import io
from dataclasses import dataclass
from typing import Any

import boto3
import numpy as np

ROLE = "arn:aws:iam::123456789012:role/sagemaker"
IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.2-0"
# How a waiter looks, for what takes a second here.
OFTEN = {"Delay": 0.1, "MaxAttempts": 600}


@dataclass(frozen=True)
class Aws:
    """Local AWS and its clients."""

    url: str

    def client(self, service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name="us-east-1",
            aws_access_key_id="local-aws-key-id",
            aws_secret_access_key="local-aws-secret-key",
        )

    def put_training_data(self, bucket: str) -> None:
        """Put 200 rows at `train/train.csv`: a yes where the first of three features is above 4."""
        s3 = self.client("s3")
        s3.create_bucket(Bucket=bucket)
        features = np.random.default_rng(1).integers(0, 10, size=(200, 3))
        rows = io.StringIO()
        np.savetxt(rows, np.column_stack([features[:, 0] > 4, features]), fmt="%d", delimiter=",")
        s3.put_object(Bucket=bucket, Key="train/train.csv", Body=rows.getvalue().encode())


def training_config(bucket: str, name: str, **hyperparameters: str) -> dict[str, Any]:
    """Build a request for a job of a second."""
    return {
        "TrainingJobName": name,
        "AlgorithmSpecification": {"TrainingImage": IMAGE, "TrainingInputMode": "File"},
        "RoleArn": ROLE,
        "HyperParameters": {"num_round": "5", "objective": "binary:logistic"} | hyperparameters,
        "InputDataConfig": [
            {
                "ChannelName": "train",
                "ContentType": "text/csv",
                "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": f"s3://{bucket}/train/"}},
            }
        ],
        "OutputDataConfig": {"S3OutputPath": f"s3://{bucket}/model"},
        "ResourceConfig": {"InstanceType": "ml.m4.xlarge", "InstanceCount": 1, "VolumeSizeInGB": 10},
        "StoppingCondition": {"MaxRuntimeInSeconds": 600},
    }


def deployment_config(name: str) -> dict[str, Any]:
    """Build requests for model, endpoint configuration and endpoint of one name."""
    variant = {
        "VariantName": "AllTraffic",
        "ModelName": name,
        "InstanceType": "ml.m4.xlarge",
        "InitialInstanceCount": 1,
    }
    return {
        "Model": {"ModelName": name, "PrimaryContainer": {"Image": IMAGE}, "ExecutionRoleArn": ROLE},
        "EndpointConfig": {"EndpointConfigName": name, "ProductionVariants": [variant]},
        "Endpoint": {"EndpointName": name, "EndpointConfigName": name},
    }


def tagged(deployment: dict[str, Any], tags: list[dict[str, str]]) -> dict[str, Any]:
    """Tag all three requests of a deployment."""
    return {kind: request | {"Tags": tags} for kind, request in deployment.items()}
