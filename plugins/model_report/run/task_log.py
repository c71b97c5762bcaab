"""The log of a run's task, for the tab, whose frame lets no link lead to Airflow's own page of it."""

from collections import deque
from dataclasses import dataclass

from airflow.models.dagrun import DagRun
from airflow.models.taskinstance import TaskInstance
from airflow.utils.log.log_reader import TaskLogReader
from airflow.utils.session import create_session
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from plugins.model_report.runs import Run

MOST_LINES = 2000


@dataclass(frozen=True)
class TaskLog:
    """The end of a log."""

    lines: tuple[str, ...]
    """What the task wrote, each with its time in UTC."""
    is_whole: bool
    """Whether there are no earlier ones."""
    state: str | None
    """Of the task."""


def read_log(run: Run, task_id: str) -> TaskLog | None:
    """Read the log of a task's last try; None where the run has no such task."""
    with create_session(scoped=False) as session:
        query = (
            select(TaskInstance)
            .where(
                TaskInstance.dag_id == run.dag_id,
                TaskInstance.run_id == run.run_id,
                TaskInstance.task_id == task_id,
            )
            .join(TaskInstance.dag_run)
            .options(joinedload(TaskInstance.dag_run).joinedload(DagRun.dag_model))
        )
        task = session.scalar(query)
        if task is None:
            return None
        stream, _ = TaskLogReader().read_log_chunks(task, task.try_number, {"end_of_log": False})
        written = (_written(message) for message in stream)
        # What Airflow's page unfolds is a line here.
        shown = (line for line in written if not line.endswith("::endgroup::"))
        lines = deque(shown, maxlen=MOST_LINES + 1)
        return TaskLog(tuple(lines)[-MOST_LINES:], len(lines) <= MOST_LINES, task.state)


def _written(message: object) -> str:
    told = str(getattr(message, "event", message)).removeprefix("::group::")
    when = getattr(message, "timestamp", None)
    return f"{when:%H:%M:%S}  {told}" if when else told
