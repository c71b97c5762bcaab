"""A local AWS that keeps what it has, as that of its owner, and HTTP for everybody else."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import urllib3

from tests.aws.clients import Aws
from tests.services.local_aws_server import local_aws_server


@pytest.fixture(scope="session")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("kept")


@pytest.fixture(scope="session")
def owner(data_dir: Path) -> Iterator[Aws]:
    """Who has started the server, and so has its key."""
    with local_aws_server("--data-dir", str(data_dir)) as server:
        yield Aws(server.url)


@pytest.fixture
def http() -> Iterator[urllib3.PoolManager]:
    with urllib3.PoolManager(retries=False) as pool:
        yield pool


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """These tests start servers."""
    for item in items:
        if "security/local_aws" in item.nodeid:
            item.add_marker(pytest.mark.slow)
