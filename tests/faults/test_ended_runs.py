"""Runs that a user ends otherwise than the matrix does: each is red at its end, and nothing of it bills."""

import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from functools import partial
from typing import Any

import psutil
import pytest

from include.pipeline.aws.jobs import PROCESSING_JOB
from local_stack.airflow_api import TaskState
from local_stack.demo import DAG_ID
from tests.faults.aftermath import Aftermath
from tests.faults.faulty_stack import FaultyStack
from tests.faults.injection import Errors, Fault, Killed, Target, Then, kill_worker
from tests.faults.pipelines import SOURCE, SPLIT
from tests.services.containers import wait_for_containers

pytestmark = [pytest.mark.slow, pytest.mark.faults, pytest.mark.timeout(1800)]

RUN_SECONDS = 900
AT_ONCE = 6
BUCKET = "ended-runs"
CONF: dict[str, Any] = {"data_url": SOURCE, "bucket": BUCKET, "force_retrain": True}
# Its job does not end by itself.
ENDLESS = {
    "num_round": 1000,
    "num_parallel_tree": 3000,
    "max_depth": 10,
    "nthread": 1,
    "objective": "binary:logistic",
}


def start(
    stack: FaultyStack,
    run_id: str,
    task_id: str,
    operation: str,
    fault: Fault,
    *,
    dag_id: str = DAG_ID,
    **conf: object,
) -> Aftermath:
    """Start a run that is struck at a request of one of its tasks."""
    stack.injection.arm(Target(run_id, task_id, operation), fault)
    stack.user.trigger(run_id, CONF | conf, dag_id)
    return Aftermath(stack.aws, run_id, BUCKET, dag_id=dag_id)


def wait_until(seen: Callable[[], bool]) -> None:
    deadline = time.monotonic() + RUN_SECONDS
    while not seen():
        assert time.monotonic() < deadline
        time.sleep(0.5)


def marked_before_its_first_task(stack: FaultyStack) -> Aftermath:
    stack.user.trigger("ended__queued", CONF)
    stack.user.mark_run("ended__queued", "failed")
    return Aftermath(stack.aws, "ended__queued", BUCKET)


def marked_when_its_worker_has_died(stack: FaultyStack) -> Aftermath:
    """Airflow misses the worker's heartbeat only later: the job runs, and there is nobody to stop it."""
    run_id = "ended__died"

    def kill_and_mark(pid: int) -> None:
        kill_worker(pid)
        stack.user.mark_run(run_id, "failed")

    fault = Killed(kill_and_mark)
    return start(stack, run_id, "train_model", "CreateTrainingJob", fault, hyperparameters=ENDLESS)


def marked_when_the_worker_of_its_split_has_died(stack: FaultyStack) -> Aftermath:
    """The same of the job that splits, which is held meanwhile: else it would end by itself."""
    run_id, held = "ended__split", list[psutil.Process]()

    def hold_kill_and_mark(pid: int) -> None:
        held.extend(wait_for_containers(stack.local_aws_process, "process", signal.SIGSTOP, seconds=60))
        kill_worker(pid)
        stack.user.mark_run(run_id, "failed", SPLIT)

    fault = Killed(hold_kill_and_mark)
    run = start(stack, run_id, "split_data", "CreateProcessingJob", fault, dag_id=SPLIT)
    stack.user.wait(run_id, RUN_SECONDS, SPLIT)
    assert run.jobs(PROCESSING_JOB) == ["Stopping"]
    for process in held:
        process.resume()
    return run


def marked_between_two_tries(stack: FaultyStack) -> Aftermath:
    """The job of the first runs when the run is marked, and the second never comes."""
    run_id = "ended__retry"
    refused = Errors("ThrottlingException", "SlowDown", 400, 503, times=None)
    then = Then(lambda: stack.injection.arm(Target(run_id, "train_model", "DescribeTrainingJob"), refused))
    run = start(stack, run_id, "train_model", "CreateTrainingJob", then, hyperparameters=ENDLESS)
    wait_until(lambda: stack.user.task(run_id, "train_model").state == "up_for_retry")
    assert run.billing() == ["training job"]
    stack.user.mark_run(run_id, "failed")
    return run


def marked_while_no_triggerer_runs(stack: FaultyStack) -> Aftermath:
    """Nobody is there to stop the job of a task that is deferred."""
    run_id = "ended__deferred"
    stack.user.trigger(run_id, CONF | {"hyperparameters": ENDLESS})
    wait_until(lambda: stack.user.task(run_id, "train_model").state == "deferred")
    run = Aftermath(stack.aws, run_id, BUCKET)
    with stack.without_triggerer():
        assert run.billing() == ["training job"]
        stack.user.mark_run(run_id, "failed")
        stack.user.wait(run_id, RUN_SECONDS)
    return run


def marked_with_another_in_the_list_of_runs(stack: FaultyStack) -> Aftermath:
    mark = Then(lambda: stack.user.mark_runs_failed("ended__listed"))
    return start(stack, "ended__listed", "evaluate_model", "InvokeEndpoint", mark)


def marked_in_a_backfill(stack: FaultyStack) -> Aftermath:
    # One Monday.
    (run_id,) = stack.user.backfill(date(2026, 9, 7), date(2026, 9, 8), CONF, at_once=1)
    mark = Then(lambda: stack.user.mark_run(run_id, "failed"))
    stack.injection.arm(Target(run_id, "deploy_endpoint", "CreateModel"), mark)
    return Aftermath(stack.aws, run_id, BUCKET)


def marked_as_a_success(stack: FaultyStack, task_id: str, operation: str) -> Aftermath:
    run_id = f"ended__good-{task_id}"
    mark = Then(lambda: stack.user.mark_run(run_id, "success"), ends_the_task=True)
    return start(stack, run_id, task_id, operation, mark, **_long(task_id))


def task_marked(stack: FaultyStack, task_id: str, operation: str, state: str) -> Aftermath:
    run_id = f"ended__{task_id}-{state}"
    mark = Then(lambda: stack.user.mark_task(run_id, task_id, state))
    return start(stack, run_id, task_id, operation, mark, **_long(task_id))


def _long(task_id: str) -> dict[str, Any]:
    return {"hyperparameters": ENDLESS} if task_id == "train_model" else {}


ENDINGS: dict[str, Callable[[FaultyStack], Aftermath]] = {
    "marked before its first task": marked_before_its_first_task,
    "marked when its worker has died": marked_when_its_worker_has_died,
    "marked when the worker of its split has died": marked_when_the_worker_of_its_split_has_died,
    "marked between two tries": marked_between_two_tries,
    "marked while no triggerer runs": marked_while_no_triggerer_runs,
    "marked in the list of runs": marked_with_another_in_the_list_of_runs,
    "marked in a backfill": marked_in_a_backfill,
    "marked as a success in training": partial(
        marked_as_a_success, task_id="train_model", operation="CreateTrainingJob"
    ),
    "marked as a success in the gate": partial(
        marked_as_a_success, task_id="check_quality", operation="GetObject"
    ),
    "training marked as a success": partial(
        task_marked, task_id="train_model", operation="CreateTrainingJob", state="success"
    ),
    "training marked as skipped": partial(
        task_marked, task_id="train_model", operation="CreateTrainingJob", state="skipped"
    ),
    "gate marked as skipped": partial(
        task_marked, task_id="check_quality", operation="GetObject", state="skipped"
    ),
    "endpoint marked as a success": partial(
        task_marked, task_id="deploy_endpoint", operation="CreateModel", state="success"
    ),
}


@pytest.fixture(scope="module")
def ended(
    stack: FaultyStack, request: pytest.FixtureRequest
) -> Iterator[dict[str, Future[tuple[Aftermath, dict[str, TaskState]]]]]:
    """All selected runs, some at a time, each when it is over."""
    chosen = [item.callspec.params["ending"] for item in request.session.items if "ending" in _params(item)]

    def bring_to_its_end(name: str) -> tuple[Aftermath, dict[str, TaskState]]:
        run = ENDINGS[name](stack)
        stack.user.wait(run.run_id, RUN_SECONDS, run.dag_id)
        return run, stack.user.tasks(run.run_id, run.dag_id)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield {name: pool.submit(bring_to_its_end, name) for name in chosen}


def _params(item: pytest.Item) -> dict[str, object]:
    return item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_run_that_a_user_ends_is_red_and_nothing_of_it_bills(
    ending: str,
    stack: FaultyStack,
    ended: dict[str, Future[tuple[Aftermath, dict[str, TaskState]]]],
) -> None:
    run, tasks = ended[ending].result()
    states = {name: task.state for name, task in tasks.items()}
    assert stack.user.wait(run.run_id, RUN_SECONDS, run.dag_id).state == "failed", states
    assert run.billing() == [], states


def test_a_run_that_is_under_way_cannot_be_deleted(stack: FaultyStack) -> None:
    answers: list[int] = []
    delete = Then(lambda: answers.append(stack.user.delete_run("ended__deleted")))
    start(stack, "ended__deleted", "download_data", "PutObject", delete)
    assert stack.user.wait("ended__deleted", RUN_SECONDS).state == "success"
    assert answers == [409]
