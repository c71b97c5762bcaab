"""What is kept and billed stands at the head of the page of all models."""

from collections.abc import Callable, Iterator
from datetime import UTC
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from airflow.providers.amazon.aws.hooks.base_aws import AwsBaseHook
from botocore.exceptions import ClientError

from include.pipeline.aws.object_store import write_object
from include.pipeline.aws.tags import RunTags
from include.pipeline.documents.table.config import TableConfig
from tests.aws.clients import Aws
from tests.aws.endpoints import create_deployment
from tests.aws.sagemaker_requests import deployment_requests
from tests.aws.training_data import put_training_data, separable_rows
from tests.aws.training_jobs import trained_model
from tests.aws.waiting import OFTEN
from tests.pipeline.accepted_runs import train
from tests.plugins.model_report.browsing import MODELS, Page
from tests.plugins.model_report.pipeline_runs import DAG_ID, HIDDEN_DAG, PipelineRun, add_run, plan_of_run
from tests.project import DEPLOYMENT_ID

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::DeprecationWarning")]


@pytest.fixture(scope="module")
def archive(aws: Aws) -> str:
    put_training_data(aws.client("s3"), separable_rows())
    return trained_model(aws.client("sagemaker"), "kept-model")


@pytest.fixture
def keep(aws: Aws, archive: str) -> Iterator[Callable[[PipelineRun], None]]:
    """Makes the endpoint that a run keeps."""
    sagemaker = aws.client("sagemaker")
    kept = []

    def keep(run: PipelineRun) -> None:
        owner = RunTags(deployment_id=DEPLOYMENT_ID, dag_id=run.dag_id, run_id=run.run_id, expires=None)
        create_deployment(sagemaker, deployment_requests(run.key, archive, owner.to_aws()))
        kept.append(run.key)
        sagemaker.get_waiter("endpoint_in_service").wait(EndpointName=run.key, WaiterConfig=OFTEN)

    yield keep
    for name in kept:
        sagemaker.delete_endpoint(EndpointName=name)
        sagemaker.get_waiter("endpoint_deleted").wait(EndpointName=name, WaiterConfig=OFTEN)


def evaluated(s3: "S3Client", run_id: str, *, show_values: bool) -> PipelineRun:
    """A run that has trained, with three features, and has kept its rows."""
    run = add_run(s3, run_id)
    table = TableConfig(label="y_yes", show_values=show_values)
    plan = plan_of_run(run).model_copy(update={"table": table})
    run.keep(plan=plan)
    train(s3, plan)
    write_object(s3, run.places.test_features, b"56,999,4.857\n57,999,4.858\n", "text/csv")
    return run


def test_each_is_listed_with_its_cost_and_with_calls_that_can_be_pasted(
    aws: Aws, admin: httpx.Client, s3: "S3Client", keep: Callable[[PipelineRun], None]
) -> None:
    shown, hidden = (evaluated(s3, name, show_values=name == "shown") for name in ("shown", "not_shown"))
    unknown = PipelineRun("deleted_since", s3)
    for run in (shown, hidden, unknown):
        keep(run)
    page = Page(admin.get(MODELS))
    assert "Kept as asked: 3, 20.16 USD a day" in page.words
    made = aws.client("sagemaker").describe_endpoint(EndpointName=shown.key)["CreationTime"]
    since = f"{made.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    assert (
        f"{shown.key} shown Ask it, and delete it With the first of the test rows, in Python:" in page.words
    )
    assert f"InService {since} 6.72" in page.words
    # Of the table whose rows may not be seen, none is; the column's names say what a row is made of.
    assert page.words.count("56,999,4.857") == 2
    assert page.words.count("row = '0,0,0'") == 1
    assert page.words.count("in their order: age, pdays, euribor3m") == 2
    assert f"aws sagemaker delete-endpoint --region us-east-1 --endpoint-name {shown.key}" in page.words
    assert f"{unknown.key} deleted_since, which Airflow does not have any more InService" in page.words
    assert "delete_kept_endpoint" in page.words
    page.assert_nothing_executes()


def test_who_may_not_see_a_pipelines_runs_does_not_see_what_they_keep(
    api: Callable[..., httpx.Client], s3: "S3Client", keep: Callable[[PipelineRun], None]
) -> None:
    run = add_run(s3, "seen", dag_id=DAG_ID)
    secret = PipelineRun("unseen", s3, dag_id=HIDDEN_DAG)
    keep(secret)
    words = Page(api("viewer").get(MODELS)).words
    assert run.run_id in words
    assert "unseen" not in words
    assert secret.key not in words


@pytest.mark.usefixtures("s3")
def test_where_nothing_is_kept_nothing_is_said_of_it(admin: httpx.Client) -> None:
    assert "kept" not in Page(admin.get(MODELS)).words.lower()


@pytest.mark.usefixtures("s3")
def test_that_it_cannot_be_looked_up_is_said_and_the_models_are_there_all_the_same(
    admin: httpx.Client, s3: "S3Client", monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_: Any) -> Any:
        raise ClientError({"Error": {"Code": "AccessDeniedException"}}, "ListEndpoints")

    def client(*arguments: Any, **named: Any) -> Any:
        made = make(*arguments, **named)
        made.meta.events.register("before-call.sagemaker.ListEndpoints", refuse)
        return made

    make = AwsBaseHook.get_client_type
    add_run(s3, "still_listed")
    monkeypatch.setattr(AwsBaseHook, "get_client_type", client)
    words = Page(admin.get(MODELS)).words
    said = "The list of endpoints on SageMaker could not be read: AWS answered AccessDeniedException."
    assert f"Whether endpoints are kept, and billed, is not known. {said}" in words
    assert "still_listed" in words
