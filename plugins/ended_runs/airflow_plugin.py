"""What Airflow registers: a listener that makes a run red which a user marks as failed in its teardown.

Each of Airflow's processes imports this module, hence nothing heavy here.
"""

from typing import TYPE_CHECKING, Any

from airflow.listeners import hookimpl
from airflow.plugins_manager import AirflowPlugin

from include.airflow_names import CHECK_QUALITY, VERIFY_TEARDOWN

if TYPE_CHECKING:
    from airflow.models.dagrun import DagRun

_LOCK_SECONDS = 2


class EndedRuns:
    """Fails the gate of a run that a user marks as failed after it had passed."""

    @hookimpl
    def on_dag_run_failed(self, dag_run: "DagRun") -> None:
        """Keep the mark, which Airflow tells its listeners and then forgets.

        As long as teardowns are pending, it leaves the run's state to the scheduler, which reads it from the
        last tasks: the gate, which has passed, and the teardown, which is going to.
        """
        from airflow.models.dagrun import DagRun
        from airflow.utils.state import DagRunState, TaskInstanceState
        from sqlalchemy import select
        from sqlalchemy.orm import object_session
        from tenacity import Retrying, retry_if_result, stop_after_delay, wait_fixed

        session = object_session(dag_run)
        if dag_run.state == DagRunState.FAILED or session is None:
            return
        gate = dag_run.get_task_instance(CHECK_QUALITY, session=session)
        if gate is None or gate.state != TaskInstanceState.SUCCESS:
            return
        if dag_run.get_task_instance(VERIFY_TEARDOWN, session=session) is None:
            return
        # The scheduler passes over a locked run: it cannot find it a success at the same time. Where it has
        # locked the run itself, it may wait for what this transaction has changed: not to be waited for.
        lock = select(DagRun.state).where(DagRun.id == dag_run.id).with_for_update(skip_locked=True)
        trying = Retrying(
            stop=stop_after_delay(_LOCK_SECONDS),
            wait=wait_fixed(0.1),
            retry=retry_if_result(lambda found: found is None),
            retry_error_callback=lambda _: None,
        )
        if trying(session.scalar, lock) == DagRunState.SUCCESS:
            dag_run.set_state(DagRunState.FAILED)
        else:
            gate.set_state(TaskInstanceState.FAILED, session=session)


class EndedRunsPlugin(AirflowPlugin):
    """Runs that a user marks as failed end as failed."""

    name = "ended_runs"
    listeners: list[Any] = [EndedRuns()]  # noqa: RUF012 - as AirflowPlugin declares it
