"""Airflow's API server with the plugin, and a local AWS that its connection points to."""

import warnings
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.aws.clients import Aws
from tests.aws.connection import connect
from tests.plugins.model_report.browsing import REPORT
from tests.plugins.model_report.evaluations import evaluation_of
from tests.plugins.model_report.pipeline_runs import PipelineRun, add_run, remove_runs
from tests.services.local_aws_server import local_aws_server

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@pytest.fixture(scope="package")
def aws() -> Iterator[Aws]:
    with local_aws_server() as server:
        yield Aws(server.url)


@pytest.fixture(scope="package")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., httpx.Client]]:
    """Makes clients of an API server: `api("viewer")`."""
    with warnings.catch_warnings():
        # Airflow's API is not free of them where it is imported and set up.
        warnings.simplefilter("ignore")
        from tests.plugins.model_report.api_server import api_server, browser

        with api_server(tmp_path_factory.mktemp("dags")) as server:
            yield partial(browser, server)


@pytest.fixture(scope="package")
def admin(api: Callable[..., httpx.Client]) -> httpx.Client:
    return api("admin")


@pytest.fixture
def s3(aws: Aws, api: object, monkeypatch: pytest.MonkeyPatch) -> Iterator["S3Client"]:  # noqa: ARG001 - it is needed
    """Where the runs keep their objects, and Airflow's connection leads to. Airflow knows no run yet."""
    connect(monkeypatch, aws.url)
    yield aws.client("s3")
    remove_runs()


@pytest.fixture
def reported(s3: "S3Client") -> PipelineRun:
    """A run with a report."""
    return add_run(s3, "manual__2026-11-24T05:55:26.123456+00:00").keep(
        evaluation=evaluation_of(), report=REPORT
    )
