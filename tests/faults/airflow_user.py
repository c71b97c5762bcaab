"""What a person does to runs in Airflow's UI: start, mark as failed, clear."""

import time
from dataclasses import dataclass
from datetime import date
from typing import Any

from local_stack.airflow_api import AirflowApi, RunState, TaskState
from local_stack.demo import DAG_ID
from tests.services.airflow_runs import end_of_run


@dataclass(frozen=True)
class AirflowUser:
    """A user with all rights."""

    api: AirflowApi

    def trigger(self, run_id: str, conf: dict[str, Any], dag_id: str = DAG_ID) -> None:
        """Start a run by hand under a known id."""
        self._send("PATCH", f"/dags/{dag_id}", {"is_paused": False})
        self._send(
            "POST",
            f"/dags/{dag_id}/dagRuns",
            {"dag_run_id": run_id, "logical_date": None, "conf": conf},
        )

    def pause(self, dag_id: str) -> None:
        """Switch a DAG off."""
        self._send("PATCH", f"/dags/{dag_id}", {"is_paused": True})

    def backfill(self, first: date, last: date, conf: dict[str, Any], at_once: int) -> list[str]:
        """Start a backfill of the intervals that begin between two days, once there is no other under way.

        Returns:
            The ids of its runs.
        """
        self._wait_for_backfills()
        before = self._backfilled()
        self._send(
            "POST",
            "/backfills",
            {
                "dag_id": DAG_ID,
                "from_date": f"{first}T00:00:00Z",
                "to_date": f"{last}T00:00:00Z",
                "dag_run_conf": conf,
                "max_active_runs": at_once,
            },
        )
        return [run_id for run_id in self._backfilled() if run_id not in before]

    def wait(self, run_id: str, seconds: float, dag_id: str = DAG_ID) -> RunState:
        """Wait for a run's end."""
        return end_of_run(self.api, dag_id, run_id, seconds)

    def tasks(self, run_id: str, dag_id: str = DAG_ID) -> dict[str, TaskState]:
        return {task.task_id: task for task in self.api.tasks(dag_id, run_id)}

    def task(self, run_id: str, task_id: str, dag_id: str = DAG_ID, map_index: int = -1) -> TaskState:
        found = self._send("GET", f"/dags/{dag_id}/dagRuns/{run_id}/{_instance(task_id, map_index)}")
        return TaskState.model_validate(found)

    def tries(self, run_id: str) -> dict[str, int]:
        """Tell how often each task of a run was tried; without those that were skipped."""
        return {name: task.try_number for name, task in self.tasks(run_id).items() if task.try_number}

    def log(self, run_id: str, task_id: str, dag_id: str = DAG_ID) -> str:
        task = self.tasks(run_id, dag_id)[task_id]
        return "\n".join(self.api.log_tail(dag_id, run_id, task, lines=200))

    def xcom(self, run_id: str, task_id: str, dag_id: str = DAG_ID) -> Any:
        return self.api.xcom(dag_id, run_id, task_id)

    def mark_task(
        self, run_id: str, task_id: str, state: str, dag_id: str = DAG_ID, map_index: int = -1
    ) -> None:
        place = f"/dags/{dag_id}/dagRuns/{run_id}/{_instance(task_id, map_index)}"
        self._send("PATCH", place, {"new_state": state})

    def mark_run(self, run_id: str, state: str, dag_id: str = DAG_ID) -> None:
        self._send("PATCH", f"/dags/{dag_id}/dagRuns/{run_id}", {"state": state})

    def mark_runs_failed(self, *run_ids: str) -> None:
        """Mark those that are selected in the list of runs."""
        entities = [{"dag_run_id": run_id, "state": "failed"} for run_id in run_ids]
        actions = [{"action": "update", "entities": entities, "update_mask": ["state"]}]
        self._send("PATCH", f"/dags/{DAG_ID}/dagRuns", {"actions": actions})

    def asked(self, dag_id: str, run_id: str, task_id: str) -> dict[str, Any]:
        """Read what a task asks of a person."""
        place = f"/dags/{dag_id}/dagRuns/{run_id}/taskInstances/{task_id}/-1/hitlDetails"
        found: dict[str, Any] = self._send("GET", place)
        return found

    def answer(self, dag_id: str, run_id: str, task_id: str, option: str, **fields: str) -> None:
        """Answer it."""
        place = f"/dags/{dag_id}/dagRuns/{run_id}/taskInstances/{task_id}/-1/hitlDetails"
        self._send("PATCH", place, {"chosen_options": [option], "params_input": fields})

    def delete_run(self, run_id: str) -> int:
        """Delete a run from Airflow.

        Returns:
            The HTTP status of the answer.
        """
        return self.api._client.delete(f"/api/v2/dags/{DAG_ID}/dagRuns/{run_id}").status_code

    def clear_run(self, run_id: str, dag_id: str = DAG_ID) -> None:
        """Clear all tasks of a run, for them to run again."""
        self._send("POST", f"/dags/{dag_id}/dagRuns/{run_id}/clear", {"dry_run": False, "only_failed": False})

    def clear_task(self, run_id: str, task_id: str) -> None:
        """Clear a task and all after it, as the UI proposes."""
        self._send(
            "POST",
            f"/dags/{DAG_ID}/clearTaskInstances",
            {
                "dry_run": False,
                "dag_run_id": run_id,
                "task_ids": [task_id],
                "include_downstream": True,
                "only_failed": False,
            },
        )

    def _backfilled(self) -> list[str]:
        runs = self._send("GET", f"/dags/{DAG_ID}/dagRuns?run_type=backfill&limit=100")["dag_runs"]
        return [run["dag_run_id"] for run in runs]

    def _wait_for_backfills(self) -> None:
        """Airflow looks only now and then whether one is over."""
        deadline = time.monotonic() + 120
        while not all(
            item["completed_at"] for item in self._send("GET", f"/backfills?dag_id={DAG_ID}")["backfills"]
        ):
            assert time.monotonic() < deadline
            time.sleep(1)

    def _send(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        answer = self.api._client.request(method, f"/api/v2{path}", json=body)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json()


def _instance(task_id: str, map_index: int) -> str:
    return f"taskInstances/{task_id}" + (f"/{map_index}" if map_index >= 0 else "")
