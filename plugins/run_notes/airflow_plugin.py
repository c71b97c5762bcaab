"""What Airflow registers: a listener that writes into a run's note what the run was.

Each of Airflow's processes imports this module, hence nothing heavy here.
"""

from typing import TYPE_CHECKING, Any

from airflow.listeners import hookimpl
from airflow.plugins_manager import AirflowPlugin

from include.airflow_names import CHECK_QUALITY, DATA, DOWNLOAD_DATA, SUMMARY

if TYPE_CHECKING:
    from airflow.models.dagrun import DagRun
    from sqlalchemy.orm import Session

_LONGEST = 500


class RunNotes:
    """Notes a run's figures, verdict and file when it ends: the list of runs shows them."""

    @hookimpl
    def on_dag_run_success(self, dag_run: "DagRun") -> None:
        """Note what it was."""
        _note(dag_run)

    @hookimpl
    def on_dag_run_failed(self, dag_run: "DagRun") -> None:
        """Note what it was, or of which file, where there was no verdict."""
        _note(dag_run)


def _note(dag_run: "DagRun") -> None:
    """Write the note, unless a user has written one."""
    from airflow.models.dagrun import DagRun
    from airflow.utils.sqlalchemy import with_row_locks
    from sqlalchemy import select
    from sqlalchemy.orm import object_session

    session = object_session(dag_run)
    # `airflow dags test` tells of a run that is bound to none.
    if session is None:
        return
    # A user may mark a run in the moment in which the scheduler ends it, and each process would add a note:
    # the second would be refused, and the mark with it. One that has not ended the run itself does not wait
    # for the scheduler, which may wait for it: the scheduler notes it at the end.
    own = select(DagRun.id).where(DagRun.id == dag_run.id)
    if session.scalar(with_row_locks(own, session, skip_locked=True)) is None:
        return
    session.refresh(dag_run, ["dag_run_note"])
    noted = dag_run.dag_run_note
    if noted is not None and noted.user_id is not None:
        return
    if summary := _told(session, dag_run, CHECK_QUALITY, SUMMARY):
        dag_run.note = summary
    elif file := _told(session, dag_run, DOWNLOAD_DATA, DATA):
        dag_run.note = f"not judged, {file}"
    elif noted is not None:
        # Of before the run was cleared.
        dag_run.dag_run_note = None


def _told(session: "Session", dag_run: "DagRun", task_id: str, key: str) -> str:
    """Read what a task of the run told; nothing where it has not run since the run was cleared."""
    from airflow.models.xcom import XComModel
    from airflow.utils.state import TaskInstanceState
    from sqlalchemy import select

    from plugins.xcom_text import text_of

    task = dag_run.get_task_instance(task_id, session=session)
    if task is None or task.state not in {TaskInstanceState.SUCCESS, TaskInstanceState.FAILED}:
        return ""
    told = session.scalar(
        select(XComModel.value).where(
            XComModel.dag_id == dag_run.dag_id,
            XComModel.run_id == dag_run.run_id,
            XComModel.task_id == task_id,
            XComModel.key == key,
        )
    )
    return text_of(told, "")[:_LONGEST]


class RunNotesPlugin(AirflowPlugin):
    """What each run was, in its note."""

    name = "run_notes"
    listeners: list[Any] = [RunNotes()]  # noqa: RUF012 - as AirflowPlugin declares it
