"""How far Airflow is with a run, for those who meet what it made."""

from typing import TYPE_CHECKING, Any

from airflow.sdk.exceptions import AirflowRuntimeError

from include.airflow_names import CHECK_QUALITY

if TYPE_CHECKING:
    from include.pipeline.aws.tags import RunTags

_OVER = {"success", "failed"}
_JUDGED = {*_OVER, "upstream_failed", "skipped", "removed"}
_AT_WORK = (
    "running",
    "deferred",
    "queued",
    "scheduled",
    "restarting",
    "up_for_retry",
    "up_for_reschedule",
)


def run_state(ti: Any, dag_id: str, run_id: str) -> str | None:
    """Ask for a run's state; None where Airflow knows it no more."""
    try:
        state = ti.get_dagrun_state(dag_id, run_id)
    except AirflowRuntimeError:
        return None
    # Airflow's enumeration writes itself as DagRunState.RUNNING.
    return str.__str__(state)


def is_over(ti: Any, run: "RunTags") -> bool:
    """Tell whether the run of a resource has ended. Of one that Airflow knows no more, its expiry decides."""
    # What its tags could hold of its id may be another run's id.
    return run.tells_its_run and run_state(ti, run.dag_id, run.run_id) in _OVER


def why_in_use(ti: Any, run: "RunTags") -> str:
    """Say how far the run of a resource is, and why it may be stuck."""
    expires = f"{run.expires:%Y-%m-%d %H:%M} UTC" if run.expires else "never"
    if not run.tells_its_run or (state := run_state(ti, run.dag_id, run.run_id)) is None:
        return f"Airflow does not know its run; it expires: {expires}"
    states = _states(ti, run.dag_id, run.run_id)
    at_work = [f"{task} is {its}" for task, its in states.items() if its in _AT_WORK]
    if _is_switched_off(ti, run.dag_id):
        return (
            f"its run is {state}, but its DAG is switched off, so that nothing more is started: switch it "
            f"on, or mark the run as failed; it expires: {expires}"
        )
    if at_work:
        return f"its run is {state}: {', '.join(at_work)}; it expires: {expires}"
    return (
        f"its run is {state}, but none of its tasks is at work: mark the run as failed where that stays so; "
        f"it expires: {expires}"
    )


def gate_is_open(ti: Any, run_id: str) -> bool:
    """Tell whether a run of the task's own DAG is under way, and its gate has not judged.

    A run that is queued is not under way: it may wait for the end of the very one that asks.
    """
    if run_state(ti, ti.dag_id, run_id) != "running":
        return False
    return _states(ti, ti.dag_id, run_id).get(CHECK_QUALITY) not in _JUDGED


def _states(ti: Any, dag_id: str, run_id: str) -> dict[str, str | None]:
    states: dict[str, str | None] = ti.get_task_states(dag_id=dag_id, run_ids=[run_id]).get(run_id, {})
    return states


def _is_switched_off(ti: Any, dag_id: str) -> bool:
    try:
        paused: bool = ti.get_dag(dag_id).is_paused
    except AirflowRuntimeError:
        return False
    return paused
