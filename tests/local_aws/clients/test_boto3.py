"""boto3, with the waiters of training jobs and endpoints."""

from typing import Any

import pytest
from botocore.exceptions import WaiterError

from tests.local_aws.conftest import BUCKET, ENDLESS, IMAGE, ROLE, in_training, training_request

pytestmark = pytest.mark.usefixtures("s3")

QUICK = {"Delay": 1, "MaxAttempts": 60}


def wait(sagemaker: Any, waiter: str, **names: str) -> None:
    sagemaker.get_waiter(waiter).wait(**names, WaiterConfig=QUICK)


def test_training_job_completed_or_stopped(sagemaker: Any) -> None:
    sagemaker.create_training_job(**training_request("boto3-completes"))
    sagemaker.create_training_job(**training_request("boto3-stops", HyperParameters=ENDLESS))
    in_training(sagemaker, "boto3-stops")
    sagemaker.stop_training_job(TrainingJobName="boto3-stops")
    for name, status in (("boto3-completes", "Completed"), ("boto3-stops", "Stopped")):
        wait(sagemaker, "training_job_completed_or_stopped", TrainingJobName=name)
        assert sagemaker.describe_training_job(TrainingJobName=name)["TrainingJobStatus"] == status


def test_training_job_completed_or_stopped_raises_for_a_failed_job(sagemaker: Any) -> None:
    sagemaker.create_training_job(**training_request("boto3-fails", HyperParameters={"eta": "2"}))
    with pytest.raises(WaiterError, match="terminal failure state"):
        wait(sagemaker, "training_job_completed_or_stopped", TrainingJobName="boto3-fails")


def test_endpoint_in_service_and_endpoint_deleted(sagemaker: Any, model_data: str) -> None:
    container = {"Image": IMAGE, "ModelDataUrl": model_data}
    sagemaker.create_model(ModelName="boto3", ExecutionRoleArn=ROLE, PrimaryContainer=container)
    variant = {"VariantName": "v", "ModelName": "boto3", "InitialInstanceCount": 1}
    sagemaker.create_endpoint_config(
        EndpointConfigName="boto3", ProductionVariants=[{**variant, "InstanceType": "ml.m5.large"}]
    )
    sagemaker.create_endpoint(EndpointName="boto3", EndpointConfigName="boto3")
    wait(sagemaker, "endpoint_in_service", EndpointName="boto3")
    sagemaker.delete_endpoint(EndpointName="boto3")
    wait(sagemaker, "endpoint_deleted", EndpointName="boto3")
    assert sagemaker.list_endpoints(NameContains="boto3")["Endpoints"] == []


def test_endpoint_in_service_raises_for_a_failed_endpoint(sagemaker: Any, s3: Any) -> None:
    s3.put_object(Bucket=BUCKET, Key="boto3.tar.gz", Body=b"no archive")
    container = {"Image": IMAGE, "ModelDataUrl": f"s3://{BUCKET}/boto3.tar.gz"}
    sagemaker.create_model(ModelName="boto3-bad", ExecutionRoleArn=ROLE, PrimaryContainer=container)
    variant = {"VariantName": "v", "ModelName": "boto3-bad", "InitialInstanceCount": 1}
    sagemaker.create_endpoint_config(
        EndpointConfigName="boto3-bad", ProductionVariants=[{**variant, "InstanceType": "ml.m5.large"}]
    )
    sagemaker.create_endpoint(EndpointName="boto3-bad", EndpointConfigName="boto3-bad")
    with pytest.raises(WaiterError, match="terminal failure state"):
        wait(sagemaker, "endpoint_in_service", EndpointName="boto3-bad")
    sagemaker.delete_endpoint(EndpointName="boto3-bad")
    wait(sagemaker, "endpoint_deleted", EndpointName="boto3-bad")
