"""What goes wrong outside the tasks: in SageMaker, in Airflow itself, or by a user's hand."""

import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from include.pipeline.aws.object_store import read_object
from local_stack.airflow_api import TaskState
from tests.aws.sagemaker_requests import model_request
from tests.faults.aftermath import Aftermath
from tests.faults.faulty_stack import FaultyStack
from tests.faults.injection import Target, Then
from tests.faults.pipelines import SOURCE
from tests.services.containers import containers, signal_containers, wait_for_containers

if TYPE_CHECKING:
    import psutil

pytestmark = [pytest.mark.slow, pytest.mark.faults, pytest.mark.timeout(1800)]

RUN_SECONDS = 900


def start(stack: FaultyStack, name: str) -> Aftermath:
    run_id = f"outage__{name}"
    stack.user.trigger(run_id, {"data_url": SOURCE, "bucket": "outages", "force_retrain": True})
    return Aftermath(stack.aws, run_id, "outages")


def strike_after(stack: FaultyStack, name: str, operation: str, action: Callable[[], object]) -> None:
    """Do something right after AWS has answered to a task of the run that is going to start."""
    task_id = {"CreateTrainingJob": "train_model", "CreateEndpoint": "deploy_endpoint"}[operation]
    stack.injection.arm(Target(f"outage__{name}", task_id, operation), Then(action))


def end(stack: FaultyStack, run: Aftermath) -> dict[str, TaskState]:
    """Wait for a run's end, which is a bad one, and see that nothing is left."""
    assert stack.user.wait(run.run_id, RUN_SECONDS).state == "failed"
    assert run.billing() == []
    return stack.user.tasks(run.run_id)


def assert_it_ends_green_when_cleared(stack: FaultyStack, run: Aftermath, whole: dict[str, str]) -> None:
    stack.injection.lift(run.run_id)
    stack.user.clear_run(run.run_id)
    assert stack.user.wait(run.run_id, RUN_SECONDS).state == "success"
    assert run.billing() == []
    assert run.checksums() == whole


@pytest.fixture(scope="module")
def whole(stack: FaultyStack) -> dict[str, str]:
    """Checksums of what a run without any fault leaves."""
    run = start(stack, "none")
    assert stack.user.wait(run.run_id, RUN_SECONDS).state == "success"
    return run.checksums()


def test_a_training_job_that_is_stopped_from_outside(stack: FaultyStack, whole: dict[str, str]) -> None:
    run = Aftermath(stack.aws, "outage__stopped", "outages")
    stop = stack.aws.client("sagemaker").stop_training_job
    strike_after(stack, "stopped", "CreateTrainingJob", lambda: stop(TrainingJobName=run.key))
    start(stack, "stopped")
    tasks = end(stack, run)
    assert (tasks["train_model"].state, tasks["train_model"].try_number) == ("failed", 1)
    assert f"training job '{run.key}' ended as Stopped" in stack.user.log(run.run_id, "train_model")
    assert_it_ends_green_when_cleared(stack, run, whole)
    assert run.jobs() == ["Stopped", "Completed"]


def test_a_training_job_that_fails(stack: FaultyStack, whole: dict[str, str]) -> None:
    strike_after(
        stack,
        "failed-job",
        "CreateTrainingJob",
        lambda: wait_for_containers(stack.local_aws_process, "train", signal.SIGKILL),
    )
    run = start(stack, "failed-job")
    tasks = end(stack, run)
    assert (tasks["train_model"].state, tasks["train_model"].try_number) == ("failed", 1)
    assert "ended as Failed: " in stack.user.log(run.run_id, "train_model")
    assert_it_ends_green_when_cleared(stack, run, whole)
    assert run.jobs() == ["Failed", "Completed"]


def test_an_endpoint_that_fails(stack: FaultyStack, whole: dict[str, str]) -> None:
    run = Aftermath(stack.aws, "outage__failed-endpoint", "outages")
    sagemaker = stack.aws.client("sagemaker")
    others = containers(stack.local_aws_process, "serve")

    def kill_until_it_has_failed() -> None:
        while sagemaker.describe_endpoint(EndpointName=run.key)["EndpointStatus"] == "Creating":
            signal_containers(stack.local_aws_process, "serve", signal.SIGKILL, others)
            time.sleep(0.02)

    strike_after(stack, "failed-endpoint", "CreateEndpoint", kill_until_it_has_failed)
    start(stack, "failed-endpoint")
    tasks = end(stack, run)
    assert (tasks["deploy_endpoint"].state, tasks["deploy_endpoint"].try_number) == ("failed", 1)
    assert f"endpoint '{run.key}' is Failed: " in stack.user.log(run.run_id, "deploy_endpoint")
    assert_it_ends_green_when_cleared(stack, run, whole)


def test_an_endpoint_that_does_not_come_up_within_the_tasks_time_limit(
    stack: FaultyStack, whole: dict[str, str]
) -> None:
    frozen: list[psutil.Process] = []
    server, others = stack.local_aws_process, containers(stack.local_aws_process, "serve")
    strike_after(
        stack,
        "stuck",
        "CreateEndpoint",
        lambda: frozen.extend(wait_for_containers(server, "serve", signal.SIGSTOP, but=others)),
    )
    run = start(stack, "stuck")
    deadline = time.monotonic() + RUN_SECONDS
    while (state := stack.user.tasks(run.run_id)["deploy_endpoint"].state) not in {"success", "failed"}:
        assert time.monotonic() < deadline
        time.sleep(1)
    assert state == "failed"
    # SageMaker deletes no endpoint that is being created: the teardown waits until it has come up.
    assert run.billing() == ["endpoint", "endpoint configuration", "model"]
    for process in frozen:
        process.send_signal(signal.SIGCONT)
    tasks = end(stack, run)
    assert tasks["deploy_endpoint"].try_number == 1
    assert "AirflowTaskTimeout" in stack.user.log(run.run_id, "deploy_endpoint")
    assert_it_ends_green_when_cleared(stack, run, whole)


def test_a_task_that_is_cleared_and_run_again(stack: FaultyStack, whole: dict[str, str]) -> None:
    run = start(stack, "cleared")
    assert stack.user.wait(run.run_id, RUN_SECONDS).state == "success"
    stack.user.clear_task(run.run_id, "train_model")
    assert stack.user.wait(run.run_id, RUN_SECONDS).state == "success"
    assert run.billing() == []
    assert run.checksums() == whole
    assert run.jobs() == ["Completed", "Completed"]


def test_a_cleared_task_that_fails_gets_no_report_of_the_pass_before(
    stack: FaultyStack, whole: dict[str, str]
) -> None:
    run = start(stack, "cleared-in-vain")
    assert stack.user.wait(run.run_id, RUN_SECONDS).state == "success"
    report = stack.user.xcom(run.run_id, "write_report")
    before = read_object(stack.aws.s3, report)
    # Its endpoint is gone.
    stack.user.clear_task(run.run_id, "evaluate_model")
    tasks = end(stack, run)
    assert (tasks["evaluate_model"].state, tasks["evaluate_model"].try_number) == ("failed", 2)
    assert tasks["write_report"].state == "skipped"
    assert read_object(stack.aws.s3, report) == before
    assert_it_ends_green_when_cleared(stack, run, whole)


def test_a_name_that_another_has_taken(stack: FaultyStack, whole: dict[str, str]) -> None:
    run = Aftermath(stack.aws, "outage__taken", "outages")
    training = stack.user.xcom("outage__none", "train_model")["Training"]
    sagemaker = stack.aws.client("sagemaker")
    sagemaker.create_model(**model_request(run.key, training["ModelArtifacts"]["S3ModelArtifacts"]))
    start(stack, "taken")
    assert stack.user.wait(run.run_id, RUN_SECONDS).state == "failed"
    assert "is there already, and of somebody else" in stack.user.log(run.run_id, "deploy_endpoint")
    assert stack.user.tasks(run.run_id)["delete_model"].state == "skipped"
    assert run.billing() == ["model"]
    sagemaker.delete_model(ModelName=run.key)
    assert_it_ends_green_when_cleared(stack, run, whole)


def run_some_with(stack: FaultyStack, name: str, whole: dict[str, str], outage: Callable[[], None]) -> None:
    """Let something happen while four runs are at four places; then nothing may be left or lost."""
    runs = []
    for number in range(4):
        runs.append(start(stack, f"{name}-{number}"))
        time.sleep(6)
    outage()
    with ThreadPoolExecutor(len(runs)) as pool:
        states = list(pool.map(lambda run: stack.user.wait(run.run_id, RUN_SECONDS).state, runs))
    if any(run.billing() for run in runs):
        stack.sweep()
    for run, state in zip(runs, states, strict=True):
        assert run.billing() == []
        assert run.checksums().items() <= whole.items()
        if state == "failed":
            stack.user.clear_run(run.run_id)
    for run in runs:
        assert stack.user.wait(run.run_id, RUN_SECONDS).state == "success"
        assert run.billing() == []
        assert run.checksums() == whole


def test_local_aws_is_killed_and_started_again(stack: FaultyStack, whole: dict[str, str]) -> None:
    run_some_with(stack, "aws", whole, stack.restart_local_aws)


def test_the_scheduler_is_killed_with_its_workers_and_started_again(
    stack: FaultyStack, whole: dict[str, str]
) -> None:
    run_some_with(stack, "scheduler", whole, stack.restart_scheduler)


def test_the_database_is_lost_for_a_minute(stack: FaultyStack, whole: dict[str, str]) -> None:
    run_some_with(stack, "database", whole, lambda: stack.lose_database(60))
