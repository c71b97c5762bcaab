import asyncio
import time
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk.execution_time.task_runner import RuntimeTaskInstance
from airflow.triggers.base import BaseTrigger

from include.operators.sagemaker import triggers
from include.operators.sagemaker.triggers import EndpointTrigger, TrainingJobTrigger
from tests.aws.clients import Aws
from tests.aws.endpoints import create_deployment
from tests.aws.lists import listed
from tests.aws.sagemaker_requests import deployment_requests, training_request
from tests.aws.training_jobs import trained_model
from tests.operators.sagemaker.training_jobs import ENDLESS, PLAN, planned_config, wait_for
from tests.operators.sagemaker.triggering import event_of, restored

pytestmark = pytest.mark.slow


def job_trigger(name: str) -> TrainingJobTrigger:
    return TrainingJobTrigger(job_name=name, job_type="training", waiter_delay=15)


def endpoint_trigger(name: str) -> EndpointTrigger:
    return EndpointTrigger(job_name=name, job_type="endpoint", waiter_delay=15)


@pytest.fixture(scope="module")
def archive(aws: Aws) -> str:
    return trained_model(aws.client("sagemaker"), "for-triggers")


def kill(trigger: BaseTrigger, state: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """End the wait as a triggerer does whose database has no such trigger any more."""

    def states(dag_id: str, *, task_ids: list[str], run_ids: list[str], map_index: int) -> Any:
        assert (dag_id, task_ids, map_index) == ("bank_marketing", ["waiting"], -1)
        return {run_ids[0]: {"waiting": state}}

    monkeypatch.setattr(RuntimeTaskInstance, "get_task_states", states)
    on_kill(trigger)


def in_triggerer(trigger: BaseTrigger) -> BaseTrigger:
    trigger = restored(trigger)
    trigger.task_instance = SimpleNamespace(
        dag_id="bank_marketing", task_id="waiting", run_id="manual__1", map_index=-1
    )
    return trigger


def on_kill(trigger: BaseTrigger) -> None:
    asyncio.run(in_triggerer(trigger).on_kill())


def test_the_end_of_a_job_of_a_second_is_seen_soon(aws: Aws) -> None:
    aws.client("sagemaker").create_training_job(**training_request("awaited"))
    started = time.monotonic()
    assert event_of(job_trigger("awaited")) == {"job_name": "awaited"}
    # Two looks of the provider's trigger are waiter_delay apart.
    assert time.monotonic() - started < 15
    wait_for(aws, "awaited", "Completed")


@pytest.mark.parametrize("trigger", [job_trigger, endpoint_trigger])
def test_what_sagemaker_does_not_tell_the_task_has_to_find_out(trigger: Any) -> None:
    assert event_of(trigger("absent")) == {"job_name": "absent"}


@pytest.mark.parametrize(
    ("state", "status"),
    [
        pytest.param("failed", "Stopped", id="marked failed"),
        pytest.param("success", "Stopped", id="marked success"),
        pytest.param("skipped", "Stopped", id="run marked"),
        pytest.param(None, "Stopped", id="cleared"),
        pytest.param("queued", "Stopped", id="cleared and on its way"),
        pytest.param("deferred", "InProgress", id="another triggerer has taken over"),
    ],
)
def test_a_job_ends_with_its_task_unless_the_task_still_waits(
    aws: Aws, monkeypatch: pytest.MonkeyPatch, state: str | None, status: str
) -> None:
    name = f"given-up-{state}".lower()
    sagemaker = aws.client("sagemaker")
    sagemaker.create_training_job(**planned_config(name, **ENDLESS))
    kill(job_trigger(name), state, monkeypatch)
    if status == "InProgress":
        # It would be Stopping by now.
        assert sagemaker.describe_training_job(TrainingJobName=name)["TrainingJobStatus"] == status
        sagemaker.stop_training_job(TrainingJobName=name)
    else:
        wait_for(aws, name, status)


def test_a_job_ends_also_where_airflow_is_slow_to_tell_of_its_task(
    aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    sagemaker = aws.client("sagemaker")
    sagemaker.create_training_job(**planned_config("given-up-late", **ENDLESS))
    monkeypatch.setattr(triggers, "_STATE_SECONDS", 0.01)
    monkeypatch.setattr(RuntimeTaskInstance, "get_task_states", lambda **_: time.sleep(1))
    on_kill(job_trigger("given-up-late"))
    wait_for(aws, "given-up-late", "Stopped")


def test_a_job_ends_also_where_airflow_cancels_that_in_the_middle(
    aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    def states(run_ids: list[str], **_: object) -> Any:
        time.sleep(1)
        return {run_ids[0]: {"waiting": "failed"}}

    async def kill_and_cancel() -> None:
        call = asyncio.create_task(in_triggerer(job_trigger("cancelled-kill")).on_kill())
        for _ in range(3):
            await asyncio.sleep(0.2)
            call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        # The triggerer's loop goes on.
        await asyncio.to_thread(wait_for, aws, "cancelled-kill", "Stopped")

    sagemaker = aws.client("sagemaker")
    sagemaker.create_training_job(**planned_config("cancelled-kill", **ENDLESS))
    monkeypatch.setattr(RuntimeTaskInstance, "get_task_states", states)
    asyncio.run(kill_and_cancel())


@pytest.mark.parametrize(
    ("state", "is_left"),
    [
        pytest.param("failed", False, id="marked failed"),
        pytest.param("skipped", False, id="run marked"),
        pytest.param(None, True, id="cleared"),
        pytest.param("deferred", True, id="another triggerer has taken over"),
    ],
)
def test_an_endpoint_ends_with_its_task_unless_that_goes_on(
    aws: Aws, archive: str, monkeypatch: pytest.MonkeyPatch, state: str | None, is_left: bool
) -> None:
    name = f"given-up-{state}".lower()
    sagemaker = aws.client("sagemaker")
    create_deployment(sagemaker, deployment_requests(name, archive, PLAN.to_aws()))
    assert event_of(endpoint_trigger(name)) == {"job_name": name}
    kill(endpoint_trigger(name), state, monkeypatch)
    found = listed(sagemaker, "list_endpoints", NameContains=name)
    assert [endpoint["EndpointStatus"] for endpoint in found if endpoint["EndpointStatus"] != "Deleting"] == (
        ["InService"] if is_left else []
    )


def test_ending_what_has_ended_does_no_harm(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    aws.client("sagemaker").create_training_job(**training_request("over"))
    event_of(job_trigger("over"))
    kill(job_trigger("over"), "failed", monkeypatch)
    wait_for(aws, "over", "Completed")
