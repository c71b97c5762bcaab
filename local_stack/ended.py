"""The runs and tasks of all DAGs that have ended in an Airflow, and why tasks have failed."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from local_stack.airflow_api import AirflowApi, told

_ENDS_OF_RUNS = ("success", "failed")
# Without "upstream_failed": such a task has not run at all.
_ENDS_OF_TASKS = (*_ENDS_OF_RUNS, "skipped", "up_for_retry")
# Of a log that tells of no error.
_LAST_ENTRIES = 5


class EndedRun(BaseModel):
    """A run of any DAG that has ended."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    dag_id: str
    dag_run_id: str
    state: str
    start_date: datetime | None
    end_date: datetime


class EndedTask(BaseModel):
    """A try of a task of any DAG that has ended."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    dag_id: str
    dag_run_id: str
    task_id: str
    map_index: int
    state: str
    start_date: datetime | None
    end_date: datetime
    try_number: int

    @property
    def task_key(self) -> tuple[str, int, int]:
        """Which try of which task of its run this is."""
        return self.task_id, self.map_index, self.try_number


class Ended:
    """Asks an Airflow what has ended.

    Args:
        airflow: Somebody who has logged in.
    """

    def __init__(self, airflow: AirflowApi) -> None:
        self._airflow = airflow

    def runs(self, since: datetime) -> list[EndedRun]:
        """List runs of all DAGs that have ended since then, the first 100, in that order."""
        found = self._ended("~/dagRuns", since, _ENDS_OF_RUNS)["dag_runs"]
        return [EndedRun.model_validate(run) for run in found]

    def tasks(self, since: datetime) -> list[EndedTask]:
        """List tries of tasks of all DAGs that have ended since then, the first 100, in that order."""
        found = self._ended("~/dagRuns/~/taskInstances", since, _ENDS_OF_TASKS)["task_instances"]
        return [EndedTask.model_validate(task) for task in found]

    def _ended(self, what: str, since: datetime, states: tuple[str, ...]) -> dict[str, Any]:
        # For Airflow, what has not ended ends now: it is kept out by its state.
        return self._airflow.get(
            what, end_date_gte=since.isoformat(), state=states, order_by="end_date", limit=100
        )

    def error(self, task: EndedTask) -> str:
        """Read why a try of a task has failed: what it told, else its log's errors, else the log's end."""
        if text := self._airflow.failure(task.dag_id, task.dag_run_id, task.task_id):
            return text
        run = f"{task.dag_id}/dagRuns/{task.dag_run_id}"
        log = self._airflow.get(
            f"{run}/taskInstances/{task.task_id}/logs/{task.try_number}", map_index=task.map_index
        )
        # Without those that only say where the log is.
        entries = [entry for entry in log["content"] if "level" in entry]
        errors = [entry for entry in entries if entry["level"] in {"error", "critical"}]
        return "\n".join(told(entry) for entry in errors or entries[-_LAST_ENTRIES:])
