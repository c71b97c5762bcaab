"""A running local AWS, clients for it, and a small model, trained and deployed once."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import numpy as np
import pytest
from botocore.exceptions import ClientError
from botocore.model import ListShape, MapShape, Shape, StructureShape
from moto import mock_aws

from local_aws.storage.data_dir import DataDir
from tests.local_aws_server import LocalAwsServer, local_aws_server

ROLE = "arn:aws:iam::123456789012:role/service-role/Trainer"
IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.2-0"
BUCKET = "small-data"
CREDENTIALS: dict[str, Any] = {
    "region_name": "us-east-1",
    "aws_access_key_id": "AKIAIOSFODNN7EXAMPLE",
    "aws_secret_access_key": "made-up",
}


@pytest.fixture
def bucket() -> Iterator[Any]:
    """A bucket in this process's moto."""
    with mock_aws():
        resource = boto3.resource("s3", **CREDENTIALS)
        made = resource.Bucket("bucket")
        made.create()
        yield made
        resource.meta.client.close()


@pytest.fixture
def data_dir(tmp_path: Path) -> Iterator[DataDir]:
    made = DataDir(tmp_path / "data")
    yield made
    made.close()


@pytest.fixture(scope="session")
def server() -> Iterator[LocalAwsServer]:
    with local_aws_server() as running:
        yield running


def assert_only_members_of(value: Any, shape: Shape, path: str = "answer") -> None:
    """Fails where a JSON answer has a member that the output shape has not, or lacks a required one."""
    if isinstance(shape, StructureShape):
        assert set(value) <= set(shape.members), path
        assert set(shape.required_members) <= set(value), path
        for name, member in value.items():
            assert_only_members_of(member, shape.members[name], f"{path}.{name}")
    elif isinstance(shape, ListShape):
        for element in value:
            assert_only_members_of(element, shape.member, f"{path}[]")
    elif isinstance(shape, MapShape):
        for element in value.values():
            assert_only_members_of(element, shape.value, f"{path}{{}}")
    elif shape.type_name == "timestamp":
        assert isinstance(value, float), path
    elif enum := shape.metadata.get("enum"):
        assert value in enum, path


def check_answer(operation_model: Any, response_dict: dict[str, Any], **_: Any) -> None:
    """Checks a raw SageMaker answer before botocore parses it."""
    if response_dict["status_code"] == 200 and operation_model.output_shape is not None:
        assert_only_members_of(json.loads(response_dict["body"]), operation_model.output_shape)


def make_client(service: str, url: str, **changes: str) -> Any:
    client = boto3.client(service, endpoint_url=url, **{**CREDENTIALS, **changes})
    if service == "sagemaker":
        client.meta.events.register("before-parse.sagemaker.*", check_answer)
    return client


@pytest.fixture(scope="session")
def client(server: LocalAwsServer) -> Iterator[Callable[..., Any]]:
    """Makes a boto3 client; every SageMaker answer it gets is checked against the API's own model."""
    made: dict[tuple[Any, ...], Any] = {}

    def get(service: str, **changes: str) -> Any:
        key = (service, *sorted(changes.items()))
        if key not in made:
            made[key] = make_client(service, server.url, **changes)
        return made[key]

    yield get
    for one in made.values():
        one.close()


@pytest.fixture(scope="session")
def sagemaker(client: Callable[..., Any]) -> Any:
    return client("sagemaker")


@pytest.fixture(scope="session")
def runtime(client: Callable[..., Any]) -> Any:
    return client("sagemaker-runtime")


@pytest.fixture(scope="session")
def rows() -> np.ndarray:
    """200 rows: a label that the first of three features decides, with noise."""
    random = np.random.default_rng(7)
    features = random.normal(size=(200, 3)).round(3)
    label = (features[:, 0] + 0.3 * random.normal(size=200) > 0).astype(float)
    return np.column_stack([label, features])


@pytest.fixture(scope="session")
def s3(client: Callable[..., Any], rows: np.ndarray) -> Any:
    """S3 with a bucket that holds the rows as CSV, without a header, label first."""
    s3_client = client("s3")
    s3_client.create_bucket(Bucket=BUCKET)
    csv = "".join(",".join(map(str, row)) + "\n" for row in rows.tolist())
    s3_client.put_object(Bucket=BUCKET, Key="train/train.csv", Body=csv.encode())
    return s3_client


def channel(name: str = "train", uri: str = f"s3://{BUCKET}/train/", **members: Any) -> dict[str, Any]:
    source = {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": uri}}
    return {"ChannelName": name, "ContentType": "text/csv", "DataSource": source, **members}


def training_request(name: str, **members: Any) -> dict[str, Any]:
    return {
        "TrainingJobName": name,
        "RoleArn": ROLE,
        "AlgorithmSpecification": {"TrainingImage": IMAGE, "TrainingInputMode": "File"},
        "HyperParameters": {"num_round": "5", "objective": "binary:logistic"},
        "InputDataConfig": [channel()],
        "OutputDataConfig": {"S3OutputPath": f"s3://{BUCKET}/output"},
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
        "StoppingCondition": {"MaxRuntimeInSeconds": 600},
        **members,
    }


# Far more rounds than any test waits for.
ENDLESS = {"num_round": "10000000", "objective": "binary:logistic"}


def wait_until(check: Callable[[], Any], seconds: float = 30.0) -> Any:
    """Returns what the check returns, as soon as that is true."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := check():
            return found
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds} s: {check}")


def in_training(sagemaker: Any, name: str) -> None:
    """Waits until a job trains."""
    wait_until(lambda: sagemaker.describe_training_job(TrainingJobName=name)["SecondaryStatus"] == "Training")


def refused(call: Any, **request: Any) -> tuple[str, str]:
    """Returns code and message of the error that a call must raise."""
    with pytest.raises(ClientError) as caught:
        call(**request)
    return caught.value.response["Error"]["Code"], caught.value.response["Error"]["Message"]


def invoke(runtime: Any, endpoint_name: str, body: bytes, **request: Any) -> dict[str, Any]:
    """Calls InvokeEndpoint with CSV; the answer's Body is read already."""
    answer = runtime.invoke_endpoint(
        EndpointName=endpoint_name, Body=body, **{"ContentType": "text/csv", **request}
    )
    return {**answer, "Body": answer["Body"].read()}


def finished(sagemaker: Any, name: str) -> dict[str, Any]:
    """Waits for the end of a training job and describes it."""

    def description() -> dict[str, Any] | None:
        job = sagemaker.describe_training_job(TrainingJobName=name)
        return job if job["TrainingJobStatus"] not in ("InProgress", "Stopping") else None

    return wait_until(description)


def settled(sagemaker: Any, name: str) -> dict[str, Any]:
    """Waits until an endpoint is neither coming up nor changing, and describes it."""

    def description() -> dict[str, Any] | None:
        endpoint = sagemaker.describe_endpoint(EndpointName=name)
        return endpoint if endpoint["EndpointStatus"] in ("InService", "Failed") else None

    return wait_until(description)


def deploy(sagemaker: Any, name: str, model_data: str, **variant: Any) -> dict[str, Any]:
    """Makes a model, an endpoint configuration and an endpoint, all of one name."""
    sagemaker.create_model(
        ModelName=name,
        ExecutionRoleArn=ROLE,
        PrimaryContainer={"Image": IMAGE, "ModelDataUrl": model_data},
    )
    spec = {"VariantName": "AllTraffic", "ModelName": name, "InitialInstanceCount": 1}
    sagemaker.create_endpoint_config(
        EndpointConfigName=name, ProductionVariants=[{**spec, "InstanceType": "ml.m5.large", **variant}]
    )
    sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)
    return settled(sagemaker, name)


@pytest.fixture(scope="session")
def trained(sagemaker: Any, s3: Any) -> dict[str, Any]:
    """A completed training job, described."""
    assert s3 is not None
    sagemaker.create_training_job(**training_request("shared"))
    return finished(sagemaker, "shared")


@pytest.fixture(scope="session")
def model_data(trained: dict[str, Any]) -> str:
    """The S3 URL of a trained model's archive."""
    return trained["ModelArtifacts"]["S3ModelArtifacts"]


@pytest.fixture(scope="session")
def endpoint(sagemaker: Any, model_data: str) -> str:
    """The name of an endpoint in service."""
    assert deploy(sagemaker, "shared", model_data)["EndpointStatus"] == "InService"
    return "shared"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test that asks a running server is no unit test."""
    for item in items:
        starts_its_own = hasattr(getattr(item, "module", None), "local_aws_server")
        if starts_its_own or "server" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.slow)
