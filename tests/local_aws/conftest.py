"""A running local AWS, clients for it, and a small model, trained and deployed once."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import numpy as np
import pytest
from moto import mock_aws

from local_aws.storage.data_dir import DataDir
from tests.aws.clients import CREDENTIALS, make_client
from tests.aws.endpoints import deploy
from tests.aws.sagemaker_requests import training_request
from tests.aws.training_data import noisy_rows, put_training_data
from tests.aws.training_jobs import finished
from tests.services.local_aws_server import LocalAwsServer, local_aws_server


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


@pytest.fixture(scope="session")
def client(server: LocalAwsServer) -> Iterator[Callable[..., Any]]:
    """Makes a boto3 client, or gives the one that is there."""
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
    return noisy_rows()


@pytest.fixture(scope="session")
def s3(client: Callable[..., Any], rows: np.ndarray) -> Any:
    """S3 with a bucket that holds the rows as CSV."""
    put_training_data(client("s3"), rows)
    return client("s3")


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
