"""A local AWS that Airflow's connection points to."""

from collections.abc import Iterator

import pytest

from tests.aws.clients import Aws
from tests.aws.connection import connect
from tests.aws.training_data import put_training_data, separable_rows
from tests.services.local_aws_server import local_aws_server


@pytest.fixture(scope="session")
def aws() -> Iterator[Aws]:
    with local_aws_server() as server:
        aws = Aws(server.url)
        put_training_data(aws.client("s3"), separable_rows())
        yield aws


@pytest.fixture
def region() -> str:
    """The connection's; a test may set another."""
    return "us-east-1"


@pytest.fixture(autouse=True)
def connection(aws: Aws, region: str, monkeypatch: pytest.MonkeyPatch) -> None:
    connect(monkeypatch, aws.url, region=region)
