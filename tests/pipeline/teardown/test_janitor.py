"""The janitor against local AWS, among the resources of others."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from include.pipeline.aws.prices import usd_per_day
from include.pipeline.aws.tags import RunTags
from include.pipeline.teardown.janitor import Leftover, find_leftovers, remove, sweep
from tests.local_aws_client import OFTEN, Aws, deployment_config, tagged, training_config
from tests.local_aws_server import local_aws_server
from tests.project import PROJECT

pytestmark = pytest.mark.slow

BUCKET = "janitor"
NOW = datetime.now(UTC)
LATER, EARLIER = NOW + timedelta(hours=1), NOW - timedelta(hours=1)
ARCHIVE = f"s3://{BUCKET}/model/model/output/model.tar.gz"


def tags(run_id: str, expires: datetime | None) -> list[dict[str, str]]:
    return RunTags(dag_id="bank_marketing", run_id=run_id, expires=expires).to_aws()


def is_over(dag_id: str, run_id: str) -> bool:
    return (dag_id, run_id) in {("bank_marketing", "over"), ("bank_marketing", "kept")}


@pytest.fixture(scope="module")
def server() -> Iterator[Aws]:
    with local_aws_server() as server:
        aws = Aws(server.url)
        aws.put_training_data(BUCKET)
        sagemaker = aws.client("sagemaker")
        sagemaker.create_training_job(**training_config(BUCKET, "model"))
        sagemaker.get_waiter("training_job_completed_or_stopped").wait(
            TrainingJobName="model", WaiterConfig=OFTEN
        )
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
        config = tagged(deployment_config(name), owner)
        config["Model"]["PrimaryContainer"]["ModelDataUrl"] = ARCHIVE
        client.create_model(**config["Model"])
        client.create_endpoint_config(**config["EndpointConfig"])
        if name != "nobodys":
            client.create_endpoint(**config["Endpoint"])
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


def found(sagemaker: Any) -> list[Leftover]:
    return list(find_leftovers(sagemaker, now=NOW, is_over=is_over))


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
    sweep(sagemaker, now=NOW, is_over=is_over, dry_run=True, report=lines.append)
    (endpoint,) = (line for line in lines if line.startswith("Would remove endpoint over"))
    # One ml.m4.xlarge.
    assert "6.72 USD a day" in endpoint
    assert "bank_marketing over: its run is over" in endpoint
    assert lines[-1] == "6 leftovers, 13.44 USD a day (dry run: nothing removed)"


def test_a_dry_run_removes_nothing(sagemaker: Any) -> None:
    before = there(sagemaker)
    sweep(sagemaker, now=NOW, is_over=is_over, dry_run=True, report=print)
    assert there(sagemaker) == before


def test_a_sweep_removes_the_leftovers_and_nothing_else(sagemaker: Any) -> None:
    before = there(sagemaker)
    sweep(sagemaker, now=NOW, is_over=is_over, dry_run=False, report=print)
    gone = before - there(sagemaker)
    assert gone == {
        (kind, name) for kind in ("Endpoint", "EndpointConfig", "Model") for name in ("over", "expired")
    }
    assert found(sagemaker) == []


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
    swept = sweep(sagemaker, now=NOW, is_over=is_over, dry_run=dry_run, report=print)
    assert {leftover.name for leftover in swept} == {"over", "expired"}


def test_a_job_that_has_ended_when_it_is_to_be_stopped_is_left_alone(server: Aws) -> None:
    leftover = Leftover(
        kind="training job",
        name="model",
        run=RunTags(dag_id="bank_marketing", run_id="over", expires=EARLIER),
        reason="its run is over",
        usd_per_day=None,
    )
    remove(server.client("sagemaker"), leftover)
    described = server.client("sagemaker").describe_training_job(TrainingJobName="model")
    assert described["TrainingJobStatus"] == "Completed"


def test_a_training_job_that_nobody_waits_for_is_stopped(server: Aws) -> None:
    client = server.client("sagemaker")
    endless = {"num_round": "1000", "num_parallel_tree": "3000", "max_depth": "10"}
    for name, expires in (("forgotten", EARLIER), ("awaited", LATER)):
        request = training_config(BUCKET, name, **endless) | {"Tags": tags(name, expires)}
        client.create_training_job(**request)
    (leftover,) = find_leftovers(client, now=NOW, is_over=is_over)
    assert (leftover.kind, leftover.name) == ("training job", "forgotten")
    sweep(client, now=NOW, is_over=is_over, dry_run=False, report=print)
    client.get_waiter("training_job_completed_or_stopped").wait(
        TrainingJobName="forgotten", WaiterConfig=OFTEN
    )
    assert client.describe_training_job(TrainingJobName="forgotten")["TrainingJobStatus"] == "Stopped"
    assert client.describe_training_job(TrainingJobName="awaited")["TrainingJobStatus"] == "InProgress"
    client.stop_training_job(TrainingJobName="awaited")


def test_it_pages_through_any_number(sagemaker: Any) -> None:
    for number in range(130):  # the largest page that SageMaker gives has a hundred
        config = tagged(deployment_config(f"many-{number}"), tags("over", LATER))["Model"]
        config["PrimaryContainer"]["ModelDataUrl"] = ARCHIVE
        sagemaker.create_model(**config)
    sweep(sagemaker, now=NOW, is_over=is_over, dry_run=False, report=print)
    assert not [name for _, name in there(sagemaker) if name.startswith("many-")]


def test_the_command_lists_and_with_delete_removes_what_has_expired(server: Aws, sagemaker: Any) -> None:
    def run(*options: str) -> str:
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
            env={"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local"},
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    before = there(sagemaker)
    assert "Would remove endpoint expired" in run()
    assert there(sagemaker) == before
    # It knows no Airflow: a run that is over has to wait for its expiry.
    run("--delete")
    assert {name for _, name in before - there(sagemaker)} == {"expired"}


@pytest.mark.parametrize(
    ("instances", "usd"),
    [
        ({"InstanceType": "ml.m4.xlarge", "InitialInstanceCount": 1}, 6.72),
        ({"InstanceType": "ml.m4.xlarge", "InstanceCount": 3}, 20.16),
        ({"InstanceType": "ml.unheard.of"}, None),
        ({}, None),
    ],
)
def test_prices(instances: dict[str, Any], usd: float | None) -> None:
    assert usd_per_day(instances) == (None if usd is None else pytest.approx(usd))
