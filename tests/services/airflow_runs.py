"""The end of a run of an Airflow under test."""

import time

from local_stack.airflow_api import AirflowApi, RunState

_SECONDS_BETWEEN_LOOKS = 1


def end_of_run(airflow: AirflowApi, dag_id: str, run_id: str, seconds: float) -> RunState:
    """Wait for it.

    Airflow loads all task instances of a run to describe it, but to tell its state alone.

    Raises:
        AssertionError: The run is not over in time.
    """
    deadline = time.monotonic() + seconds
    with airflow._client.stream(
        "GET",
        f"/api/v2/dags/{dag_id}/dagRuns/{run_id}/wait",
        params={"interval": _SECONDS_BETWEEN_LOOKS},
        # Compressed lines come late.
        headers={"Accept-Encoding": "identity"},
    ) as answer:
        answer.raise_for_status()
        # A line for each look, and the end of all lines with that of the run.
        for _ in answer.iter_lines():
            assert time.monotonic() < deadline, {
                task.task_id: (task.state, task.try_number) for task in airflow.tasks(dag_id, run_id)
            }
    return airflow.run(dag_id, run_id)
