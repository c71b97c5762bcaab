"""Whether a task was ended from outside while its process still works on it."""

from airflow.sdk import Context, TaskInstanceState
from airflow.sdk.exceptions import AirflowFailException


def refuse_if_ended(context: Context) -> None:
    """Make nothing more that bills for a task which a user has marked or cleared.

    Airflow tells the task's process so only at its next heartbeat, seconds later, and the teardown of a run
    that was marked as failed does not wait for that.

    Raises:
        AirflowFailException: Airflow has another state than `running` for the task.
    """
    ti = context.get("ti")
    if ti is None:  # called without Airflow
        return
    states = ti.get_task_states(
        dag_id=ti.dag_id, task_ids=[ti.task_id], run_ids=[ti.run_id], map_index=ti.map_index
    )
    state = next(iter(states.get(ti.run_id, {}).values()), None)
    if state != TaskInstanceState.RUNNING:
        raise AirflowFailException(
            f"The state of this task is {state or 'none'}, not running: it was marked or cleared. "
            "It makes nothing more."
        )
