"""Who may only trigger, and has what is not the run's deleted."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from include.operators import cleanup_tasks
from include.operators.create_bucket import CreateOwnBucketOperator
from include.pipeline.aws.object_store import list_objects, write_object
from include.pipeline.documents.plan import RunPlan
from include.pipeline.errors import ParamError
from tests.aws.clients import Aws
from tests.aws.connection import connect
from tests.aws.endpoints import create_deployment
from tests.aws.lists import listed
from tests.aws.sagemaker_requests import deployment_requests
from tests.aws.training_data import put_training_data, separable_rows
from tests.aws.training_jobs import trained_model
from tests.pipeline.planned import ROLE, plan_of
from tests.services.local_aws_server import local_aws_server

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def aws() -> Iterator[Aws]:
    with local_aws_server() as server:
        yield Aws(server.url)


@pytest.fixture
def s3(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> "S3Client":
    connect(monkeypatch, aws.url)
    monkeypatch.setenv("AIRFLOW_VAR_SAGEMAKER_ROLE", ROLE)
    client: S3Client = aws.client("s3")
    return client


def prepare(plan: RunPlan) -> None:
    """Do what the run's first tasks do to its bucket."""
    CreateOwnBucketOperator(
        task_id="create_bucket", bucket_name=plan.bucket, plan=plan.model_dump(mode="json")
    ).execute({})


def delete(plan: RunPlan) -> Any:
    return cleanup_tasks.delete_data.function(plan.model_dump(mode="json"))


def buckets(s3: "S3Client") -> set[str]:
    return {bucket["Name"] for bucket in s3.list_buckets()["Buckets"]}


def test_somebodys_empty_bucket_is_not_deleted(s3: "S3Client") -> None:
    s3.create_bucket(Bucket="inbox-of-a-team")
    plan = plan_of({"bucket": "inbox-of-a-team", "delete_data": True})
    prepare(plan)
    write_object(s3, plan.locations.plan, b"{}", "application/json")
    deleted = delete(plan)
    assert not deleted["bucket_is_deleted"]
    assert "inbox-of-a-team" in buckets(s3)


def test_the_bucket_of_another_run_is_not_deleted(s3: "S3Client") -> None:
    first = plan_of({"bucket": "bucket-of-a-pipeline"}, run_id="manual__first")
    second = plan_of({"bucket": "bucket-of-a-pipeline", "delete_data": True}, run_id="manual__second")
    prepare(first)
    prepare(second)
    assert not delete(second)["bucket_is_deleted"]
    assert "bucket-of-a-pipeline" in buckets(s3)


def test_the_raw_data_of_another_environment_is_not_deleted(s3: "S3Client") -> None:
    others = plan_of({"bucket": "shared"}, run_id="scheduled__of-production")
    prepare(others)
    raw = f"{others.locations.raw}/{'5a' * 32}/bank.csv"
    of_another_pipeline = "s3://shared/payroll/raw/salaries.csv"
    for uri in (raw, of_another_pipeline, others.locations.plan):
        write_object(s3, uri, b"x", "text/csv")
    own = plan_of({"bucket": "shared", "delete_data": True}, run_id="manual__of-development")
    write_object(s3, own.locations.plan, b"{}", "application/json")
    delete(own)
    assert list_objects(s3, "s3://shared/") == sorted([raw, of_another_pipeline, others.locations.plan])


@pytest.fixture
def leftover(aws: Aws, s3: "S3Client") -> str:
    """An endpoint whose run is over and did not delete it."""
    put_training_data(s3, separable_rows())
    sagemaker = aws.client("sagemaker")
    archive = trained_model(sagemaker, "for-the-janitor")
    ended = plan_of({}, run_id="manual__ended", planned_at=datetime.now(UTC) - timedelta(days=3))
    tags = ended.deployment["Endpoint"]["Tags"]
    create_deployment(sagemaker, deployment_requests(ended.key, archive, tags))
    sagemaker.get_waiter("endpoint_in_service").wait(EndpointName=ended.key, WaiterConfig={"Delay": 1})
    return ended.key


def test_no_param_switches_off_the_dry_run_that_the_variable_asks_for(
    aws: Aws, leftover: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sagemaker = aws.client("sagemaker")

    def sweep(action: str, **others: bool) -> int:
        ti = SimpleNamespace(get_dagrun_state=lambda *_: "success", xcom_push=lambda *_: None)
        cleanup_tasks.sweep_leftovers.function(ti=ti, params={"action": action, **others})
        return len(listed(sagemaker, "list_endpoints", NameContains=leftover))

    for value in (None, "true", '"false"', "0"):
        if value:
            monkeypatch.setenv("AIRFLOW_VAR_SAGEMAKER_JANITOR_DRY_RUN", value)
        assert sweep("as the Variable says") == 1
        with pytest.raises(ParamError, match="an administrator has to allow deletions"):
            sweep("delete")
    monkeypatch.setenv("AIRFLOW_VAR_SAGEMAKER_JANITOR_DRY_RUN", "false")
    # What the switch of earlier versions asked for is not passed over.
    with pytest.raises(ParamError, match=r"Found: dry_run = True"):
        sweep("delete", dry_run=True)
    assert sweep("list only") == 1
    assert sweep("as the Variable says") == 0
