"""boto3, with the waiters of training jobs and endpoints, and its presigned URLs."""

from contextlib import closing
from pathlib import Path
from typing import Any

import boto3
import pytest
import urllib3
from botocore.config import Config
from botocore.exceptions import WaiterError

from tests.aws.clients import CREDENTIALS
from tests.aws.endpoints import create_deployment
from tests.aws.lists import listed
from tests.aws.sagemaker_requests import deployment_requests, training_request
from tests.aws.training_data import BUCKET
from tests.aws.training_jobs import ENDLESS, in_training
from tests.services.local_aws_server import LocalAwsServer

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
    create_deployment(sagemaker, deployment_requests("boto3", model_data))
    wait(sagemaker, "endpoint_in_service", EndpointName="boto3")
    sagemaker.delete_endpoint(EndpointName="boto3")
    wait(sagemaker, "endpoint_deleted", EndpointName="boto3")
    assert listed(sagemaker, "list_endpoints", NameContains="boto3") == []


def test_endpoint_in_service_raises_for_a_failed_endpoint(sagemaker: Any, s3: Any) -> None:
    s3.put_object(Bucket=BUCKET, Key="boto3.tar.gz", Body=b"no archive")
    create_deployment(sagemaker, deployment_requests("boto3-bad", f"s3://{BUCKET}/boto3.tar.gz"))
    with pytest.raises(WaiterError, match="terminal failure state"):
        wait(sagemaker, "endpoint_in_service", EndpointName="boto3-bad")
    sagemaker.delete_endpoint(EndpointName="boto3-bad")
    wait(sagemaker, "endpoint_deleted", EndpointName="boto3-bad")


@pytest.mark.parametrize(("version", "parameter"), [("s3", "AWSAccessKeyId="), ("s3v4", "X-Amz-Credential=")])
def test_presigned_urls_put_and_get(server: LocalAwsServer, version: str, parameter: str) -> None:
    config = Config(signature_version=version, s3={"addressing_style": "path"})
    made: Any = boto3.client("s3", endpoint_url=server.url, config=config, **CREDENTIALS)  # type: ignore[call-overload]
    with closing(made) as s3, urllib3.PoolManager(retries=False) as http:
        place = {"Bucket": BUCKET, "Key": "presigned/ä b+c"}
        url = s3.generate_presigned_url("put_object", {**place, "ContentType": "text/csv"})
        assert parameter in url
        assert http.request("PUT", url, body=b"1,2", headers={"Content-Type": "text/csv"}).status == 200
        assert http.request("PUT", url, body=b"1,2", headers={"Content-Type": "text/html"}).status == 403
        answer = http.request("GET", s3.generate_presigned_url("get_object", place))
        assert (answer.status, answer.data, answer.headers["Content-Type"]) == (200, b"1,2", "text/csv")
        assert http.request("DELETE", s3.generate_presigned_url("get_object", place)).status == 403


def test_a_large_file_goes_in_parts(s3: Any, tmp_path: Path) -> None:
    content = b"0123456789abcdef" * 2**20
    (tmp_path / "large").write_bytes(content)
    s3.upload_file(str(tmp_path / "large"), BUCKET, "large")
    assert s3.get_object(Bucket=BUCKET, Key="large")["Body"].read() == content
    s3.put_object(Bucket=BUCKET, Key="whole", Body=content)
    s3.download_file(BUCKET, "whole", str(tmp_path / "back"))
    assert (tmp_path / "back").read_bytes() == content
