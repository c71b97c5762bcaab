"""Runs of the real DAG that a user marks, against Airflow's own API server and database."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, cast

import httpx
import pytest

from tests.plugins.model_report.pipeline_runs import DAG_ID, DONE, add_run, remove_runs

pytestmark = pytest.mark.slow

# Only the teardown is left to do.
LAST = ("delete_endpoint", "delete_endpoint_config", "delete_model", "write_report", "delete_data")
WHOLE = DONE | {"reuse_model": "success"}


@pytest.fixture
def runs() -> Iterator[Callable[..., Any]]:
    """Makes runs: `runs("a_run", state="running", tasks={...})`."""
    yield partial(add_run, cast("Any", None), bucket=None)
    remove_runs()


def mark(admin: httpx.Client, run_id: str, state: str = "failed") -> str:
    """Mark a run as the UI does.

    Returns:
        The run's state after that.
    """
    answer = admin.patch(f"/api/v2/dags/{DAG_ID}/dagRuns/{run_id}", json={"state": state})
    found: str = answer.raise_for_status().json()["state"]
    return found


def states(admin: httpx.Client, run_id: str) -> dict[str, str | None]:
    answer = admin.get(f"/api/v2/dags/{DAG_ID}/dagRuns/{run_id}/taskInstances")
    return {item["task_id"]: item["state"] for item in answer.raise_for_status().json()["task_instances"]}


@pytest.mark.parametrize("teardown", [{}, {"delete_endpoint": "running"}, dict.fromkeys(LAST, "success")])
def test_a_run_that_is_marked_in_its_teardown_has_a_gate_that_failed(
    admin: httpx.Client, runs: Callable[..., Any], teardown: dict[str, str]
) -> None:
    runs("marked", state="running", tasks=WHOLE | teardown)
    before = states(admin, "marked")
    assert mark(admin, "marked") == "running"
    # The teardown goes on, and the scheduler ends the run as failed.
    assert states(admin, "marked") == before | {"check_quality": "failed"}


def test_several_runs_may_be_marked_at_once(admin: httpx.Client, runs: Callable[..., Any]) -> None:
    for run_id in ("one", "another"):
        runs(run_id, state="running", tasks=WHOLE)
    entities = [{"dag_run_id": run_id, "state": "failed"} for run_id in ("one", "another")]
    actions = [{"action": "update", "entities": entities, "update_mask": ["state"]}]
    admin.patch(f"/api/v2/dags/{DAG_ID}/dagRuns", json={"actions": actions}).raise_for_status()
    assert [states(admin, run_id)["check_quality"] for run_id in ("one", "another")] == ["failed", "failed"]


def test_before_the_gate_airflow_itself_leaves_the_teardown_to_tell(
    admin: httpx.Client, runs: Callable[..., Any]
) -> None:
    runs("early", state="running", tasks={"plan_run": "running"})
    assert mark(admin, "early") == "running"
    found = states(admin, "early")
    assert (found["plan_run"], found["check_quality"], found["verify_teardown"]) == (
        "failed",
        "skipped",
        None,
    )


def test_a_run_that_is_over_is_failed_at_once_and_keeps_its_gate(
    admin: httpx.Client, runs: Callable[..., Any]
) -> None:
    runs("over", state="success", tasks=WHOLE | dict.fromkeys((*LAST, "verify_teardown"), "success"))
    assert mark(admin, "over") == "failed"
    assert states(admin, "over")["check_quality"] == "success"


def test_a_run_that_is_marked_as_a_success_keeps_its_gate(
    admin: httpx.Client, runs: Callable[..., Any]
) -> None:
    runs("good", state="running", tasks=WHOLE)
    assert mark(admin, "good", "success") == "running"
    assert states(admin, "good")["check_quality"] == "success"
