import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from airflow.sdk.bases.operator import TRIGGER_FAIL_REPR, TriggerFailureReason
from airflow.sdk.exceptions import TaskDeferralTimeout, TaskDeferred

from include.operators.sagemaker.endpoint import RunSageMakerEndpointOperator
from include.operators.sagemaker.training import ResumableSageMakerTrainingOperator
from include.pipeline.aws.tags import RunTags
from include.pipeline.errors import EndpointError, TrainingError
from tests.aws.clients import Aws
from tests.aws.lists import listed
from tests.aws.sagemaker_requests import deployment_requests
from tests.aws.training_data import BUCKET
from tests.aws.training_jobs import trained_model
from tests.aws.waiting import OFTEN
from tests.operators.sagemaker.training_jobs import (
    ENDLESS,
    NEXT_PLAN,
    PLAN,
    TaskStateStore,
    jobs,
    planned_config,
    wait_for,
)
from tests.operators.sagemaker.triggering import event_of

pytestmark = pytest.mark.slow

TIMED_OUT = {"error": TriggerFailureReason.TRIGGER_TIMEOUT}


def context(store: TaskStateStore) -> Any:
    return {"task_state_store": store}


def training(
    name: str,
    execution_timeout: timedelta | None = None,
    plan: RunTags = PLAN,
    **hyperparameters: str,
) -> ResumableSageMakerTrainingOperator:
    return ResumableSageMakerTrainingOperator(
        task_id="train_model",
        config=planned_config(name, plan, **hyperparameters),
        check_interval=1,
        deferrable=True,
        execution_timeout=execution_timeout,
    )


def deployment(
    name: str, archive: str, execution_timeout: timedelta | None = None
) -> RunSageMakerEndpointOperator:
    return RunSageMakerEndpointOperator(
        task_id="deploy_endpoint",
        config=deployment_requests(name, archive, PLAN.to_aws()),
        model_data_url=archive,
        check_interval=1,
        deferrable=True,
        execution_timeout=execution_timeout,
    )


def deferred(execute: Callable[[], Any]) -> TaskDeferred:
    with pytest.raises(TaskDeferred) as raised:
        execute()
    return raised.value


def resumed(operator: Any, waiting: TaskDeferred, context: Any) -> Any:
    """Go on as a worker does that knows nothing of the one which deferred."""
    event = event_of(waiting.trigger)
    return operator.resume_execution(waiting.method_name, {"event": event}, context)


@pytest.fixture(scope="module")
def archive(aws: Aws) -> str:
    return trained_model(aws.client("sagemaker"), "for-deferred-endpoints")


def test_a_deferred_task_gives_its_jobs_model_and_shows_the_whole_log(
    capsys: pytest.CaptureFixture[str],
) -> None:
    store = TaskStateStore()
    waiting = deferred(lambda: training("deferred").execute(context(store)))
    result = resumed(training("deferred"), waiting, context(store))
    assert result["Training"]["TrainingJobStatus"] == "Completed"
    log = capsys.readouterr().out
    assert re.findall(r"\[(\d)\]#011train-logloss", log) == ["0", "1", "2", "3", "4"]
    assert len(re.findall("Billable seconds: [1-9]", log)) == 1


@pytest.mark.parametrize(
    ("execution_timeout", "limit"),
    [
        pytest.param(None, timedelta(seconds=600, minutes=15), id="the job's own"),
        pytest.param(timedelta(hours=1), timedelta(seconds=600, minutes=15), id="the job's is shorter"),
        pytest.param(timedelta(minutes=5), timedelta(minutes=5), id="the task's is shorter"),
    ],
)
def test_the_wait_is_limited_as_the_job_is(execution_timeout: timedelta | None, limit: timedelta) -> None:
    task = training(f"limited-{execution_timeout}".replace(":", "-"), execution_timeout)
    waiting = deferred(lambda: task.execute(context(TaskStateStore())))
    assert waiting.timeout == limit


def test_a_job_that_fails_meanwhile_fails_the_task_with_its_reason() -> None:
    store = TaskStateStore()
    waiting = deferred(lambda: training("deferred-bad", eta="2").execute(context(store)))
    with pytest.raises(TrainingError, match=r"ended as Failed: AlgorithmError.*eta"):
        resumed(training("deferred-bad", eta="2"), waiting, context(store))


def test_a_job_that_is_stopped_meanwhile_is_a_failure(aws: Aws) -> None:
    store = TaskStateStore()
    waiting = deferred(lambda: training("deferred-stopped", **ENDLESS).execute(context(store)))
    aws.client("sagemaker").stop_training_job(TrainingJobName="deferred-stopped")
    with pytest.raises(TrainingError, match="ended as Stopped"):
        resumed(training("deferred-stopped", **ENDLESS), waiting, context(store))


def test_a_retry_waits_for_the_job_that_runs(aws: Aws) -> None:
    store = TaskStateStore()
    deferred(lambda: training("re-awaited", **ENDLESS).execute(context(store)))
    waiting = deferred(lambda: training("re-awaited", **ENDLESS).execute(context(store)))
    assert waiting.trigger.job_name == "re-awaited"
    assert jobs(aws, "re-awaited") == {"re-awaited": "InProgress"}
    aws.client("sagemaker").stop_training_job(TrainingJobName="re-awaited")


def test_a_cleared_task_stops_the_job_that_runs_and_starts_another(aws: Aws) -> None:
    store = TaskStateStore()
    deferred(lambda: training("set-aside", **ENDLESS).execute(context(store)))
    waiting = deferred(lambda: training("set-aside", plan=NEXT_PLAN).execute(context(store)))
    assert waiting.trigger.job_name == "set-aside-2"
    wait_for(aws, "set-aside", "Stopped")
    resumed(training("set-aside", plan=NEXT_PLAN), waiting, context(store))
    assert jobs(aws, "set-aside") == {"set-aside": "Stopped", "set-aside-2": "Completed"}


def test_a_job_that_takes_too_long_is_stopped(aws: Aws) -> None:
    store = TaskStateStore()
    deferred(lambda: training("too-long", **ENDLESS).execute(context(store)))
    with pytest.raises(TaskDeferralTimeout):
        training("too-long", **ENDLESS).resume_execution(TRIGGER_FAIL_REPR, TIMED_OUT, context(store))
    wait_for(aws, "too-long", "Stopped")


def test_killing_a_resumed_task_stops_its_job(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    store = TaskStateStore()
    waiting = deferred(lambda: training("resumed", **ENDLESS).execute(context(store)))
    task = training("resumed", **ENDLESS)
    monkeypatch.setattr(task, "execute_complete", lambda *_, **__: task.on_kill())
    task.resume_execution(waiting.method_name, {"event": None}, context(store))
    wait_for(aws, "resumed", "Stopped")


def test_a_deferred_endpoint_is_in_service_at_the_end(archive: str) -> None:
    limit = timedelta(minutes=30)
    waiting = deferred(lambda: deployment("deferred", archive, limit).execute({}))
    assert waiting.timeout == limit
    result = resumed(deployment("deferred", archive), waiting, {})
    assert result["Endpoint"]["EndpointStatus"] == "InService"


def test_an_endpoint_that_fails_meanwhile_is_taken_back_and_its_reason_told(aws: Aws) -> None:
    aws.client("s3").put_object(Bucket=BUCKET, Key="not-one/model.tar.gz", Body=b"not an archive")
    archive = f"s3://{BUCKET}/not-one/model.tar.gz"
    waiting = deferred(lambda: deployment("deferred-bad", archive).execute({}))
    with pytest.raises(EndpointError, match=r"(?s)endpoint 'deferred-bad' is Failed: .+\nTo do: Mend what"):
        resumed(deployment("deferred-bad", archive), waiting, {})
    sagemaker = aws.client("sagemaker")
    assert listed(sagemaker, "list_endpoints", NameContains="deferred-bad") == []
    assert listed(sagemaker, "list_endpoint_configs", NameContains="deferred-bad") == []
    assert listed(sagemaker, "list_models", NameContains="deferred-bad") == []


def test_an_endpoint_that_took_too_long_is_deleted(aws: Aws, archive: str) -> None:
    waiting = deferred(lambda: deployment("too-late", archive).execute({}))
    event_of(waiting.trigger)
    with pytest.raises(TaskDeferralTimeout):
        deployment("too-late", archive).resume_execution(TRIGGER_FAIL_REPR, TIMED_OUT, {})
    aws.client("sagemaker").get_waiter("endpoint_deleted").wait(
        EndpointName="too-late", WaiterConfig=OFTEN | {"MaxAttempts": 100}
    )
