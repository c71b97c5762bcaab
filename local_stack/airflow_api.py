"""What the demo asks of Airflow, over its public REST API."""

from datetime import UTC, datetime, timedelta
from graphlib import TopologicalSorter
from http import HTTPStatus
from types import TracebackType
from typing import Any, Self

import httpx
from pydantic import BaseModel, ConfigDict

from include.airflow_names import FAILURE
from include.work.progress import NAME as PROGRESS

# Of one request: a busy machine lets an API server wait for long.
_ANSWER_SECONDS = 120
# Work that goes on says so every five seconds; a step of it may take longer.
_RECENT = timedelta(seconds=15)


class TaskState(BaseModel):
    """One task of a run, as the API tells it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    task_id: str
    state: str | None
    start_date: datetime | None
    end_date: datetime | None
    try_number: int


class RunState(BaseModel):
    """A run, as the API tells it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    dag_run_id: str
    state: str
    logical_date: datetime | None
    start_date: datetime | None
    end_date: datetime | None

    @property
    def is_over(self) -> bool:
        """Whether the run has ended, well or not."""
        return self.state in {"success", "failed"}

    @property
    def seconds(self) -> float:
        """From start to end; 0 while it is not over."""
        if self.start_date is None or self.end_date is None:
            return 0.0
        return (self.end_date - self.start_date).total_seconds()


class AirflowApi:
    """A logged-in user of an Airflow."""

    def __init__(self, url: str, user: str, password: str) -> None:
        self._login = {"username": user, "password": password}
        self._client = httpx.Client(base_url=url, timeout=httpx.Timeout(_ANSWER_SECONDS, connect=30))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def is_healthy(self) -> bool:
        """Tell whether the UI answers and the scheduler is alive; log in on the way."""
        try:
            health = self._client.get("/api/v2/monitor/health").raise_for_status().json()
            if health["scheduler"]["status"] != "healthy":
                return False
            if "Authorization" not in self._client.headers:
                self.log_in()
        except (httpx.TransportError, httpx.HTTPStatusError):
            return False
        return True

    def log_in(self) -> None:
        """Log in, also where an earlier log-in has expired."""
        token = self._client.post("/auth/token", json=self._login).raise_for_status().json()
        self._client.headers["Authorization"] = f"Bearer {token['access_token']}"

    def is_ready(self, dag_id: str) -> bool:
        """Tell whether the scheduler is alive and the DAG is known; log in on the way."""
        try:
            return self.is_healthy() and self._client.get(f"/api/v2/dags/{dag_id}").is_success
        except httpx.TransportError:
            return False

    def get(self, path: str, **params: Any) -> dict[str, Any]:
        """Ask for anything below `/api/v2/dags/`.

        Raises:
            httpx.HTTPStatusError: Airflow refuses to tell.
        """
        headers = {"Accept": "application/json"}
        answer = self._client.get(f"/api/v2/dags/{path}", params=params, headers=headers).raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    def unpause(self, dag_id: str) -> None:
        """Switch the DAG on."""
        self._client.patch(f"/api/v2/dags/{dag_id}", json={"is_paused": False}).raise_for_status()

    def trigger(self, dag_id: str, conf: dict[str, Any], logical_date: datetime | None = None) -> RunState:
        """Switch the DAG on and start a run by hand.

        Raises:
            httpx.HTTPStatusError: Airflow refused the Params.
        """
        self.unpause(dag_id)
        answer = self._client.post(
            f"/api/v2/dags/{dag_id}/dagRuns",
            json={"logical_date": logical_date and logical_date.isoformat(), "conf": conf},
        ).raise_for_status()
        return RunState.model_validate(answer.json())

    def is_paused(self, dag_id: str) -> bool:
        """Tell whether the DAG is switched off."""
        paused: bool = self._client.get(f"/api/v2/dags/{dag_id}").raise_for_status().json()["is_paused"]
        return paused

    def ticks(self, dag_id: str, between: tuple[datetime, datetime]) -> list[datetime]:
        """List for when a backfill makes runs.

        Args:
            dag_id: A DAG that runs by the clock.
            between: The first and the last moment, with time zones.
        """
        body = _backfill_request(dag_id, between)
        answer = self._client.post("/api/v2/backfills/dry_run", json=body).raise_for_status()
        return sorted(datetime.fromisoformat(run["logical_date"]) for run in answer.json()["backfills"])

    def backfill(
        self, dag_id: str, between: tuple[datetime, datetime], conf: dict[str, Any], at_once: int
    ) -> None:
        """Run the DAG for each of its ticks between two moments, also those for which it has run before.

        Args:
            dag_id: A DAG that runs by the clock, and is switched on.
            between: The first and the last moment, with time zones.
            conf: Params of each run.
            at_once: Runs at the same time, at the most.
        """
        body = _backfill_request(dag_id, between) | {"dag_run_conf": conf, "max_active_runs": at_once}
        self._client.post("/api/v2/backfills", json=body).raise_for_status()

    def is_backfilling(self, dag_id: str) -> bool:
        """Tell whether a backfill of the DAG is not over yet: until then Airflow starts no other."""
        answer = self._client.get("/api/v2/backfills", params={"dag_id": dag_id}).raise_for_status()
        return any(backfill["completed_at"] is None for backfill in answer.json()["backfills"])

    def update_asset(self, name: str) -> None:
        """Tell Airflow that an asset has changed, as a user does in its UI."""
        assets = self._client.get("/api/v2/assets", params={"name_pattern": name}).raise_for_status().json()
        (asset,) = assets["assets"]
        self._client.post("/api/v2/assets/events", json={"asset_id": asset["id"]}).raise_for_status()

    def task_order(self, dag_id: str) -> list[str]:
        """List the DAG's tasks, each after those before it in the chain."""
        answer = self._client.get(f"/api/v2/dags/{dag_id}/tasks").raise_for_status()
        tasks = {task["task_id"]: task["downstream_task_ids"] for task in answer.json()["tasks"]}
        return [*TopologicalSorter(tasks).static_order()][::-1]

    def run(self, dag_id: str, run_id: str) -> RunState:
        """Ask how a run goes."""
        answer = self._client.get(f"/api/v2/dags/{dag_id}/dagRuns/{run_id}").raise_for_status()
        return RunState.model_validate(answer.json())

    def runs(self, dag_id: str) -> list[RunState]:
        """List a DAG's runs."""
        answer = self._client.get(f"/api/v2/dags/{dag_id}/dagRuns").raise_for_status()
        return [RunState.model_validate(run) for run in answer.json()["dag_runs"]]

    def tasks(self, dag_id: str, run_id: str) -> list[TaskState]:
        """Ask how a run's tasks go."""
        answer = self._client.get(f"/api/v2/dags/{dag_id}/dagRuns/{run_id}/taskInstances").raise_for_status()
        return [TaskState.model_validate(item) for item in answer.json()["task_instances"]]

    def xcom(self, dag_id: str, run_id: str, task_id: str, key: str = "return_value") -> Any:
        """Read what a task returned, or told under another key."""
        answer = self._client.get(
            f"/api/v2/dags/{dag_id}/dagRuns/{run_id}/taskInstances/{task_id}/xcomEntries/{key}",
            params={"deserialize": True},
        ).raise_for_status()
        return answer.json()["value"]

    def failure(self, dag_id: str, run_id: str, task_id: str) -> str | None:
        """Read what a task told when it failed; None where it told nothing."""
        try:
            return str(self.xcom(dag_id, run_id, task_id, FAILURE))
        except httpx.HTTPStatusError as error:
            if error.response.status_code == HTTPStatus.NOT_FOUND:
                return None
            raise

    def asset_events(self, dag_id: str) -> list[dict[str, Any]]:
        """List what a DAG's tasks told of the assets that they made."""
        answer = self._client.get("/api/v2/assets/events", params={"source_dag_id": dag_id, "limit": 100})
        events: list[dict[str, Any]] = answer.raise_for_status().json()["asset_events"]
        return events

    def links(self, dag_id: str, run_id: str, task_id: str) -> dict[str, str | None]:
        """Read a task's links by their names."""
        answer = self._client.get(
            f"/api/v2/dags/{dag_id}/dagRuns/{run_id}/taskInstances/{task_id}/links"
        ).raise_for_status()
        links: dict[str, str | None] = answer.json()["extra_links"]
        return links

    def log_tail(self, dag_id: str, run_id: str, task: TaskState, lines: int) -> list[str]:
        """Read the last lines of a task's log, the error's text among them."""
        entries = self._log(dag_id, run_id, task)
        return [line for entry in entries for line in told(entry).splitlines()][-lines:]

    def progress(self, dag_id: str, run_id: str, task: TaskState) -> str | None:
        """Read how far a task is, as it has just said; None where it has not, or is at other work since."""
        found = [entry for entry in self._log(dag_id, run_id, task) if entry.get("logger") == PROGRESS]
        if not found:
            return None
        age = datetime.now(UTC) - datetime.fromisoformat(found[-1]["timestamp"])
        return str(found[-1]["event"]) if age < _RECENT else None

    def _log(self, dag_id: str, run_id: str, task: TaskState) -> list[dict[str, Any]]:
        answer = self._client.get(
            f"/api/v2/dags/{dag_id}/dagRuns/{run_id}/taskInstances/{task.task_id}/logs/{task.try_number}",
            headers={"Accept": "application/json"},
        ).raise_for_status()
        entries: list[dict[str, Any]] = answer.json()["content"]
        return entries


def told(entry: dict[str, Any]) -> str:
    """Write an entry of a log, and the errors behind it, without their frames."""
    faults = [f"{fault['exc_type']}: {fault['exc_value']}" for fault in entry.get("error_detail", [])]
    return "\n".join([f"{entry['event']} {entry.get('reason', '')}".rstrip(), *faults])


def _backfill_request(dag_id: str, between: tuple[datetime, datetime]) -> dict[str, Any]:
    first, last = between
    return {
        "dag_id": dag_id,
        "from_date": first.isoformat(),
        "to_date": last.isoformat(),
        # What has not changed is used again, so a day that ran before costs nothing.
        "reprocess_behavior": "completed",
    }
