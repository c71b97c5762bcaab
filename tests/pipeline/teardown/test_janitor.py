"""The janitor against local AWS, among the resources of others."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from include.pipeline.aws import polling
from include.pipeline.aws.resources import ENDPOINT_CONFIG, MODEL, delete, describe
from include.pipeline.aws.tags import RunTags
from include.pipeline.teardown import janitor
from include.pipeline.teardown.janitor import Found, Leftover, find_leftovers, remove, sweep
from tests.aws.clients import CREDENTIALS, Aws
from tests.aws.processing_jobs import ended, processing_request
from tests.aws.sagemaker_requests import deployment_requests, model_request, training_request
from tests.aws.training_data import BUCKET, as_csv, put_training_data, separable_rows
from tests.aws.training_jobs import ENDLESS, finished, trained_model
from tests.aws.tuning_jobs import described, trials, tuning_request
from tests.aws.waiting import OFTEN, end_of_job
from tests.project import DEPLOYMENT_ID, PROJECT
from tests.services.local_aws_server import local_aws_server

pytestmark = pytest.mark.slow

NOW = datetime.now(UTC)
LATER, EARLIER = NOW + timedelta(hours=1), NOW - timedelta(hours=1)
ARCHIVE = f"s3://{BUCKET}/output/model/output/model.tar.gz"
LEFTOVERS = {(kind, name) for kind in ("Endpoint", "EndpointConfig", "Model") for name in ("over", "expired")}


def tags(run_id: str, expires: datetime | None) -> list[dict[str, str]]:
    return RunTags(
        deployment_id=DEPLOYMENT_ID, dag_id="bank_marketing", run_id=run_id, expires=expires
    ).to_aws()


def is_over(run: RunTags) -> bool:
    return (run.dag_id, run.run_id) in {("bank_marketing", "over"), ("bank_marketing", "kept")}


@pytest.fixture(scope="module")
def server() -> Iterator[Aws]:
    with local_aws_server() as server:
        aws = Aws(server.url)
        put_training_data(aws.client("s3"), separable_rows())
        trained_model(aws.client("sagemaker"), "model")
        yield aws


@pytest.fixture
def sagemaker(server: Aws) -> Iterator[Any]:
    """An account with deployments of several runs, and of nobody; empty again afterwards."""
    client = server.client("sagemaker")
    for name, owner in {
        "over": tags("over", LATER),
        "expired": tags("running", EARLIER),
        "running": tags("running", LATER),
        "kept": tags("kept", None),
        "nobodys": [],
        "anothers": [{"Key": "airflow:project", "Value": "another"}],
    }.items():
        requests = deployment_requests(name, ARCHIVE, owner)
        client.create_model(**requests["Model"])
        client.create_endpoint_config(**requests["EndpointConfig"])
        if name != "nobodys":
            client.create_endpoint(**requests["Endpoint"])
    for name in ("over", "expired", "running", "kept", "anothers"):
        client.get_waiter("endpoint_in_service").wait(EndpointName=name, WaiterConfig=OFTEN)
    yield client
    left = [endpoint["EndpointName"] for endpoint in client.list_endpoints()["Endpoints"]]
    for name in left:
        client.delete_endpoint(EndpointName=name)
    for name in left:
        client.get_waiter("endpoint_deleted").wait(EndpointName=name, WaiterConfig=OFTEN)
    for page in client.get_paginator("list_endpoint_configs").paginate():
        for config in page["EndpointConfigs"]:
            client.delete_endpoint_config(EndpointConfigName=config["EndpointConfigName"])
    for page in client.get_paginator("list_models").paginate():
        for model in page["Models"]:
            client.delete_model(ModelName=model["ModelName"])


def there(sagemaker: Any) -> set[tuple[str, str]]:
    return {
        (kind, item[f"{kind}Name"])
        for kind, operation, member in (
            ("Endpoint", "list_endpoints", "Endpoints"),
            ("EndpointConfig", "list_endpoint_configs", "EndpointConfigs"),
            ("Model", "list_models", "Models"),
        )
        for page in sagemaker.get_paginator(operation).paginate()
        for item in page[member]
    }


def seen(sagemaker: Any) -> list[Found]:
    return list(find_leftovers(sagemaker, now=NOW, deployment_id=DEPLOYMENT_ID, is_over=is_over))


def found(sagemaker: Any) -> list[Leftover]:
    return [each for each in seen(sagemaker) if isinstance(each, Leftover)]


def test_only_what_is_over_or_expired_is_a_leftover_and_the_endpoint_comes_first(sagemaker: Any) -> None:
    leftovers = found(sagemaker)
    assert [(leftover.kind, leftover.name) for leftover in leftovers] == [
        (kind, name)
        for kind in ("endpoint", "endpoint configuration", "model")
        for name in sorted(("over", "expired"), key=[leftover.name for leftover in leftovers].index)
    ]
    assert {leftover.reason for leftover in leftovers if leftover.name == "over"} == {"its run is over"}
    assert {leftover.reason for leftover in leftovers if leftover.name == "expired"} == {
        f"it expired at {EARLIER:%Y-%m-%d %H:%M} UTC"
    }


def test_each_is_reported_with_its_cost_a_day(sagemaker: Any) -> None:
    lines: list[str] = []
    sweep(sagemaker, now=NOW, deployment_id=DEPLOYMENT_ID, is_over=is_over, dry_run=True, report=lines.append)
    (endpoint,) = (line for line in lines if line.startswith("Would remove endpoint over"))
    # One ml.m4.xlarge.
    assert "6.72 USD a day" in endpoint
    assert "bank_marketing over: its run is over" in endpoint
    assert lines[-1] == "6 leftovers, 13.44 USD a day (dry run: nothing removed)"


def test_what_is_kept_and_what_is_in_use_is_listed_with_its_run_its_age_and_its_cost(sagemaker: Any) -> None:
    lines: list[str] = []
    sweep(
        sagemaker,
        now=NOW,
        deployment_id=DEPLOYMENT_ID,
        is_over=is_over,
        why_in_use=lambda run: f"{run.run_id} may be stuck",
        dry_run=True,
        report=lines.append,
    )
    made = sagemaker.describe_endpoint(EndpointName="running")["CreationTime"].astimezone(UTC)
    since = f"since {made:%Y-%m-%d %H:%M} UTC"
    # Neither configurations nor models: they cost nothing.
    assert [line for line in lines if "kept" in line.lower() or "in use" in line.lower()] == [
        f"Kept as asked: endpoint kept (6.72 USD a day) of bank_marketing kept: {since}",
        f"In use: endpoint running (6.72 USD a day) of bank_marketing running: {since}; running may be stuck",
        "kept as asked: 1, 6.72 USD a day",
        "in use: 1, 6.72 USD a day",
    ]


def test_a_dry_run_removes_nothing(sagemaker: Any) -> None:
    before = there(sagemaker)
    sweep(sagemaker, now=NOW, deployment_id=DEPLOYMENT_ID, is_over=is_over, dry_run=True, report=print)
    assert there(sagemaker) == before


def test_a_sweep_removes_the_leftovers_and_nothing_else(sagemaker: Any) -> None:
    before = there(sagemaker)
    lines: list[str] = []
    sweep(
        sagemaker, now=NOW, deployment_id=DEPLOYMENT_ID, is_over=is_over, dry_run=False, report=lines.append
    )
    assert lines[-1] == "removed 6, 13.44 USD a day"
    assert before - there(sagemaker) == LEFTOVERS
    assert found(sagemaker) == []


def test_a_deletion_that_aws_refuses_leaves_the_others_to_be_deleted_and_ends_in_its_error(
    sagemaker: Any,
) -> None:
    before = there(sagemaker)
    denied = {"Error": {"Code": "AccessDeniedException", "Message": "not you"}}

    def deny(params: dict[str, Any], **_: Any) -> None:
        if b'"over"' in params["body"]:
            raise ClientError(denied, "DeleteEndpoint")

    event = "before-call.sagemaker.DeleteEndpoint"
    sagemaker.meta.events.register(event, deny)
    lines: list[str] = []
    with pytest.raises(ClientError, match="not you"):
        sweep(
            sagemaker,
            now=NOW,
            deployment_id=DEPLOYMENT_ID,
            is_over=is_over,
            dry_run=False,
            report=lines.append,
        )
    sagemaker.meta.events.unregister(event, deny)
    assert before - there(sagemaker) == LEFTOVERS - {("Endpoint", "over")}
    (said,) = (line for line in lines if line.startswith("Not removed: "))
    assert lines[-1] == "removed 5 of 6 leftovers, which cost 13.44 USD a day"
    assert said.startswith("Not removed: endpoint over: An error occurred (AccessDeniedException)")


@pytest.mark.parametrize("dry_run", [True, False])
def test_what_its_own_run_takes_away_during_the_sweep_is_no_leftover(
    sagemaker: Any, monkeypatch: pytest.MonkeyPatch, *, dry_run: bool
) -> None:
    """As the teardown of a run that goes on does, between the list and the look at the tags."""
    paginate = sagemaker.get_paginator

    def list_then_delete(operation: str) -> Any:
        if operation == "list_tags" and ("Endpoint", "running") in there_before:
            there_before.clear()
            sagemaker.delete_endpoint(EndpointName="running")
            sagemaker.get_waiter("endpoint_deleted").wait(EndpointName="running", WaiterConfig=OFTEN)
        return paginate(operation)

    there_before = there(sagemaker)
    monkeypatch.setattr(sagemaker, "get_paginator", list_then_delete)
    swept = sweep(
        sagemaker, now=NOW, deployment_id=DEPLOYMENT_ID, is_over=is_over, dry_run=dry_run, report=print
    )
    assert {leftover.name for leftover in swept} == {"over", "expired"}


def test_what_another_deletes_at_the_same_time_is_removed(server: Aws, sagemaker: Any) -> None:
    """As the teardown of a run that is cleared, between the look at the endpoint and its deletion."""
    another = server.client("sagemaker")
    before = there(sagemaker)

    def delete_first(params: dict[str, Any], **_: Any) -> None:
        if b'"over"' in params["body"]:
            another.delete_endpoint(EndpointName="over")

    event = "before-call.sagemaker.DeleteEndpoint"
    sagemaker.meta.events.register(event, delete_first)
    sweep(sagemaker, now=NOW, deployment_id=DEPLOYMENT_ID, is_over=is_over, dry_run=False, report=print)
    sagemaker.meta.events.unregister(event, delete_first)
    assert before - there(sagemaker) == LEFTOVERS


def test_a_model_and_a_configuration_are_seen_to_be_gone_without_a_wait(
    sagemaker: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(polling.time, "sleep", lambda seconds: pytest.fail(f"it waits for {seconds} s"))
    for kind in (ENDPOINT_CONFIG, MODEL):
        found = delete(sagemaker, kind, "nobodys", 15)
        assert found is not None
        assert found[kind.name_member] == "nobodys"
        assert describe(sagemaker, kind, "nobodys") is None


def test_a_job_that_has_ended_when_it_is_to_be_stopped_is_left_alone(server: Aws) -> None:
    leftover = Leftover(
        kind="training job",
        name="model",
        run=RunTags(deployment_id=DEPLOYMENT_ID, dag_id="bank_marketing", run_id="over", expires=EARLIER),
        reason="its run is over",
        usd_per_day=None,
    )
    remove(server.client("sagemaker"), leftover)
    described = server.client("sagemaker").describe_training_job(TrainingJobName="model")
    assert described["TrainingJobStatus"] == "Completed"


def test_a_training_job_that_nobody_waits_for_is_stopped(server: Aws) -> None:
    client = server.client("sagemaker")
    for name, expires in (("forgotten", EARLIER), ("awaited", LATER)):
        request = training_request(name, HyperParameters=ENDLESS, Tags=tags(name, expires))
        client.create_training_job(**request)
    (leftover,) = found(client)
    assert (leftover.kind, leftover.name) == ("training job", "forgotten")
    sweep(client, now=NOW, deployment_id=DEPLOYMENT_ID, is_over=is_over, dry_run=False, report=print)
    assert finished(client, "forgotten")["TrainingJobStatus"] == "Stopped"
    assert client.describe_training_job(TrainingJobName="awaited")["TrainingJobStatus"] == "InProgress"
    client.stop_training_job(TrainingJobName="awaited")


def test_a_processing_job_that_nobody_waits_for_is_stopped(server: Aws) -> None:
    client, s3 = server.client("sagemaker"), server.client("s3")
    for name, expires in (("forgotten-split", EARLIER), ("awaited-split", LATER)):
        s3.put_object(Bucket=BUCKET, Key=f"{name}/script.py", Body=b"import time; time.sleep(600)")
        client.create_processing_job(**processing_request(name, Tags=tags(name, expires)))
    (leftover,) = found(client)
    assert (leftover.kind, leftover.name) == ("processing job", "forgotten-split")
    assert leftover.usd_per_day == pytest.approx(24 * 0.115)
    sweep(client, now=NOW, deployment_id=DEPLOYMENT_ID, is_over=is_over, dry_run=False, report=print)
    assert ended(client, "forgotten-split")["ProcessingJobStatus"] == "Stopped"
    awaited = client.describe_processing_job(ProcessingJobName="awaited-split")
    assert awaited["ProcessingJobStatus"] == "InProgress"
    client.stop_processing_job(ProcessingJobName="awaited-split")
    ended(client, "awaited-split")


def test_a_tuning_job_that_nobody_waits_for_is_stopped_before_it_trains_anew(server: Aws) -> None:
    client, s3 = server.client("sagemaker"), server.client("s3")
    s3.put_object(Bucket=BUCKET, Key="validation/validation.csv", Body=as_csv(separable_rows()))
    for name, expires in (("forgotten-tuning", EARLIER), ("awaited-tuning", LATER)):
        request = tuning_request(name, static=ENDLESS, members={"Tags": tags(name, expires)})
        client.create_hyper_parameter_tuning_job(**request)
    left, others = found(client), [each for each in seen(client) if not isinstance(each, Leftover)]
    of_it = [each["TrainingJobName"] for each in trials(client, "forgotten-tuning")]
    assert (left[0].kind, left[0].name) == ("tuning job", "forgotten-tuning")
    assert {(each.kind, each.name) for each in left[1:]} == {("training job", name) for name in of_it}
    # What is billed are its training jobs, 0.28 USD an hour each.
    assert [each.usd_per_day for each in left] == [0.0, pytest.approx(6.72), pytest.approx(6.72)]
    assert {each.kind for each in others} == {"training job"}
    sweep(client, now=NOW, deployment_id=DEPLOYMENT_ID, is_over=is_over, dry_run=False, report=print)
    assert end_of_tuning(client, "forgotten-tuning")["HyperParameterTuningJobStatus"] == "Stopped"
    assert [each["TrainingJobStatus"] for each in trials(client, "forgotten-tuning")] == ["Stopped"] * 2
    assert described(client, "awaited-tuning")["HyperParameterTuningJobStatus"] == "InProgress"
    client.stop_hyper_parameter_tuning_job(HyperParameterTuningJobName="awaited-tuning")
    end_of_tuning(client, "awaited-tuning")


def end_of_tuning(sagemaker: Any, name: str) -> dict[str, Any]:
    return end_of_job(lambda: described(sagemaker, name), "HyperParameterTuningJobStatus")


def test_it_pages_through_any_number(sagemaker: Any) -> None:
    for number in range(130):  # the largest page that SageMaker gives has a hundred
        sagemaker.create_model(**model_request(f"many-{number}", ARCHIVE, Tags=tags("over", LATER)))
    sweep(sagemaker, now=NOW, deployment_id=DEPLOYMENT_ID, is_over=is_over, dry_run=False, report=print)
    assert not [name for _, name in there(sagemaker) if name.startswith("many-")]


def command(server: Aws, *options: str) -> str:
    """Run the command and return what it said."""
    return subprocess.run(
        [
            sys.executable,
            "-m",
            "include.pipeline.teardown.janitor",
            "--region=us-east-1",
            f"--endpoint-url={server.url}",
            *options,
        ],
        cwd=PROJECT,
        env={
            "AWS_ACCESS_KEY_ID": CREDENTIALS["aws_access_key_id"],
            "AWS_SECRET_ACCESS_KEY": CREDENTIALS["aws_secret_access_key"],
        },
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def test_the_command_lists_and_with_delete_removes_what_has_expired(server: Aws, sagemaker: Any) -> None:
    own = f"--deployment={DEPLOYMENT_ID}"
    before = there(sagemaker)
    assert "Would remove endpoint expired" in command(server, own)
    assert there(sagemaker) == before
    # It knows no Airflow: a run that is over has to wait for its expiry.
    command(server, own, "--delete")
    assert {name for _, name in before - there(sagemaker)} == {"expired"}


def test_the_command_removes_what_earlier_versions_left_only_where_it_is_asked_to(
    server: Aws, sagemaker: Any
) -> None:
    for name, expires in {"before": EARLIER, "before-later": LATER}.items():
        owner = RunTags(deployment_id="", dag_id="bank_marketing", run_id="over", expires=expires)
        sagemaker.create_model(**model_request(name, ARCHIVE, Tags=owner.to_aws()))
    before = there(sagemaker)
    said = command(server, f"--deployment={DEPLOYMENT_ID}")
    assert "Left alone: model before (0.00 USD a day): it has expired, and is of a version that" in said
    assert "before-later" not in said
    command(server, "--earlier-versions", "--delete")
    assert before - there(sagemaker) == {("Model", "before")}


@pytest.mark.parametrize(
    "options", [[], ["--deployment=Prod"], ["--deployment="], ["--deployment=a", "--earlier-versions"]]
)
def test_the_command_wants_to_know_whose(
    options: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["janitor", *options])
    with pytest.raises(SystemExit):
        janitor.main()
    assert "--deployment" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("costs", "said"),
    [
        ([], "0 leftovers, 0.00 USD a day"),
        ([6.72], "1 leftovers, 6.72 USD a day"),
        ([6.72, 0.0, 0.0], "3 leftovers, 6.72 USD a day"),
        ([6.72, 0.28], "2 leftovers, 7.00 USD a day"),
        ([None], "1 leftovers, 0.00 USD a day and what 1 of them cost, whose price is not known"),
        (
            [6.72, None, 0.0, None],
            "4 leftovers, 6.72 USD a day and what 2 of them cost, whose price is not known",
        ),
    ],
)
def test_what_has_no_known_price_is_not_left_out_of_the_sum_unsaid(
    costs: list[float | None], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = RunTags(deployment_id=DEPLOYMENT_ID, dag_id="bank_marketing", run_id="over", expires=EARLIER)
    found = [
        Leftover(kind="endpoint", name=str(number), run=run, reason="its run is over", usd_per_day=cost)
        for number, cost in enumerate(costs)
    ]
    monkeypatch.setattr(janitor, "find_leftovers", lambda *_, **__: found)
    lines: list[str] = []
    sweep(None, now=NOW, deployment_id=DEPLOYMENT_ID, is_over=is_over, dry_run=True, report=lines.append)
    assert lines[-1] == f"{said} (dry run: nothing removed)"
    assert sum("price not known" in line for line in lines[:-1]) == costs.count(None)
