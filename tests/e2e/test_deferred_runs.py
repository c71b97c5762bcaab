"""Runs whose tasks wait in a triggerer, and what becomes of a training job when its task waits no more."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from local_stack.airflow_api import RunState
from local_stack.demo import DAG_ID, SAMPLE
from tests.aws.lists import listed
from tests.e2e.billing import assert_nothing_bills
from tests.e2e.running_stack import RunningStack, running_stack

pytestmark = [pytest.mark.slow, pytest.mark.stacks, pytest.mark.timeout(3000)]

ENDLESS = {
    "objective": "binary:logistic",
    "num_round": 1000,
    "num_parallel_tree": 3000,
    "max_depth": 10,
    "nthread": 1,
}


@pytest.fixture(scope="module")
def stack(local_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    settings = {"AIRFLOW__OPERATORS__DEFAULT_DEFERRABLE": "true"}
    with running_stack(tmp_path_factory.mktemp("deferring"), local_data, settings) as stack:
        yield stack


@contextmanager
def triggerer(stack: RunningStack) -> Iterator[None]:
    """Run a triggerer that a test may end before the rest of the stack."""
    with (stack.local.home / "triggerer.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "airflow", "triggerer", "--skip-serve-logs"],
            env=stack.local.environment(),
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            yield
        finally:
            process.terminate()
            process.wait(timeout=30)


def until(seen: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 180
    while not seen():
        assert time.monotonic() < deadline
        time.sleep(0.3)


def jobs(stack: RunningStack, key: str) -> list[str]:
    """List the status of a run's training jobs, the first first."""
    found = listed(
        stack.aws.client("sagemaker"), "list_training_jobs", NameContains=key, SortOrder="Ascending"
    )
    return [job["TrainingJobStatus"] for job in found]


def trigger_logs(stack: RunningStack, run: RunState, task_id: str) -> str:
    """Read what triggerers say of a task."""
    logs = stack.local.home.glob(f"logs/*/run_id={run.dag_run_id}/task_id={task_id}/*.trigger.*.log")
    return "".join(log.read_text() for log in sorted(logs))


def logs_of_all_tries(stack: RunningStack, run: RunState, task_id: str) -> str:
    """Read what a task says.

    Where a job ends sooner than the scheduler has read that its task waits, Airflow takes the resumed task
    for a lost one and tries it again. The next try finds the ended job.
    """
    logs = stack.local.home.glob(f"logs/*/run_id={run.dag_run_id}/task_id={task_id}/attempt=*.log")
    return "".join(log.read_text() for log in logs)


def waits(stack: RunningStack, run: RunState) -> int:
    """Count how often a triggerer has begun to wait for a training job that runs."""
    return trigger_logs(stack, run, "train_model").count("is InProgress after 0 s")


def test_a_deferred_run_ends_well_and_a_job_ends_only_with_its_task(
    stack: RunningStack, local_data: Path
) -> None:
    sample = (local_data / SAMPLE.name).as_uri()
    with triggerer(stack):
        endless = stack.airflow.trigger(DAG_ID, {"data_url": sample, "hyperparameters": ENDLESS})
        good = stack.airflow.trigger(DAG_ID, {"data_url": sample})
        until(lambda: waits(stack, endless) == 1)
        key = stack.airflow.xcom(DAG_ID, endless.dag_run_id, "plan_run")["key"]

    client = stack.airflow._client
    with triggerer(stack):
        until(lambda: waits(stack, endless) == 2)
        assert jobs(stack, key) == ["InProgress"]

        task = {"dag_run_id": endless.dag_run_id, "task_ids": ["train_model"]}
        client.post(
            f"/api/v2/dags/{DAG_ID}/clearTaskInstances", json=task | {"dry_run": False, "only_failed": False}
        ).raise_for_status()
        until(lambda: jobs(stack, key) == ["Stopped", "InProgress"])

        until(lambda: waits(stack, endless) == 3)
        client.patch(
            f"/api/v2/dags/{DAG_ID}/dagRuns/{endless.dag_run_id}/taskInstances/train_model",
            json={"new_state": "failed"},
        ).raise_for_status()
        until(lambda: jobs(stack, key) == ["Stopped", "Stopped"])

        given_up, finished = stack.finish(endless), stack.finish(good)
    assert given_up.state.state == "failed"
    assert_nothing_bills(stack, given_up)
    assert finished.state.state == "success"
    assert "is Completed after" in trigger_logs(stack, good, "train_model")
    assert "is InService after" in trigger_logs(stack, good, "deploy_endpoint")
    assert "Billable seconds" in logs_of_all_tries(stack, good, "train_model")
    assert jobs(stack, finished.plan.key) == ["Completed"]
    assert_nothing_bills(stack, finished)
