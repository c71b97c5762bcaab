"""A local AWS that Airflow's connection points to."""

import json
from collections.abc import Iterator

import pytest

from tests.local_aws_client import Aws
from tests.local_aws_server import local_aws_server

BUCKET = "operators"


@pytest.fixture(scope="session")
def aws() -> Iterator[Aws]:
    with local_aws_server() as server:
        aws = Aws(server.url)
        aws.put_training_data(BUCKET)
        yield aws


@pytest.fixture
def region() -> str:
    """The connection's; a test may set another."""
    return "us-east-1"


@pytest.fixture(autouse=True)
def connection(aws: Aws, region: str, monkeypatch: pytest.MonkeyPatch) -> None:
    connection = {
        "conn_type": "aws",
        "login": "local-aws-key-id",
        "password": "local-aws-secret-key",
        "extra": {"region_name": region, "endpoint_url": aws.url},
    }
    monkeypatch.setenv("AIRFLOW_CONN_AWS_DEFAULT", json.dumps(connection))
