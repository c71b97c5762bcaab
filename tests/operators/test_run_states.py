"""What is said of a run whose endpoint is there: how far it is, and why it may be stuck."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowRuntimeError, ErrorType
from airflow.sdk.execution_time.comms import ErrorResponse
from airflow.utils.state import DagRunState

from include.operators.run_states import is_over, why_in_use
from include.pipeline.aws.tags import RunTags
from tests.project import DEPLOYMENT_ID

RUN = RunTags(
    deployment_id=DEPLOYMENT_ID,
    dag_id="bank_marketing",
    run_id="manual__1",
    expires=datetime(2026, 11, 24, 6, tzinfo=UTC),
)
SWITCHED_OFF = "so that nothing more is started: switch it on, or mark the run as failed"
NOT_AT_WORK = "mark the run as failed where that stays so"
EXPIRES = "it expires: 2026-11-24 06:00 UTC"


def airflow(state: str | None, tasks: dict[str, str | None], *, is_paused: bool | None = False) -> Any:
    """What Airflow knows of the run: None for a run or a DAG that it knows no more."""
    absent = AirflowRuntimeError(ErrorResponse(error=ErrorType.GENERIC_ERROR))

    def get_dagrun_state(dag_id: str, run_id: str) -> str:
        assert (dag_id, run_id) == (RUN.dag_id, RUN.run_id)
        if state is None:
            raise absent
        return DagRunState(state)

    def get_dag(_: str) -> Any:
        if is_paused is None:
            raise absent
        return SimpleNamespace(is_paused=is_paused)

    return SimpleNamespace(
        get_dagrun_state=get_dagrun_state,
        get_dag=get_dag,
        get_task_states=lambda *, dag_id, run_ids: {run_id: tasks for run_id in run_ids if dag_id},
    )


@pytest.mark.parametrize(
    ("state", "over"),
    [("success", True), ("failed", True), ("running", False), ("queued", False), (None, False)],
)
def test_a_run_is_over_when_airflow_says_so(state: str | None, over: bool) -> None:
    assert is_over(airflow(state, {}), RUN) is over
    # Of one whose tags could not hold its id, another's state would be asked.
    assert not is_over(airflow(state, {}), RUN.model_copy(update={"run_id": "manual__2"}))


@pytest.mark.parametrize(
    ("ti", "said"),
    [
        (
            airflow("running", {"deploy_endpoint": "success", "evaluate_model": "running"}),
            f"its run is running: evaluate_model is running; {EXPIRES}",
        ),
        (
            airflow("running", {"deploy_endpoint": "success", "evaluate_model": None}, is_paused=True),
            f"its run is running, but its DAG is switched off, {SWITCHED_OFF}; {EXPIRES}",
        ),
        (
            airflow("running", {"deploy_endpoint": "success", "evaluate_model": None}, is_paused=None),
            f"its run is running, but none of its tasks is at work: {NOT_AT_WORK}; {EXPIRES}",
        ),
        (airflow(None, {}), f"Airflow does not know its run; {EXPIRES}"),
    ],
)
def test_why_something_is_in_use(ti: Any, said: str) -> None:
    assert why_in_use(ti, RUN) == said
