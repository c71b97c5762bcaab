"""What is made of Airflow's answers."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from include.work.progress import NAME
from local_stack.airflow_api import AirflowApi, TaskState
from tests.services.misbehaving_web import Answer, serving

TASK = TaskState(task_id="split_data", state="running", start_date=None, end_date=None, try_number=2)
LOG = "/api/v2/dags/d/dagRuns/r/taskInstances/split_data/logs/2"


OTHER = "include.pipeline.data.split"


def entry(event: str, seconds_ago: float, logger: str) -> dict[str, Any]:
    return {
        "timestamp": (datetime.now(UTC) - timedelta(seconds=seconds_ago)).isoformat().replace("+00:00", "Z"),
        "event": event,
        "logger": logger,
    }


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ([("1 of 9 MB", 8, NAME), ("5 of 9 MB", 3, NAME), ("Split", 1, OTHER)], "5 of 9 MB"),
        ([("5 of 9 MB", 60, NAME)], None),  # by now the task is at something else
        ([("Split: by time", 1, OTHER)], None),
        ([], None),
    ],
)
def test_a_task_is_as_far_as_it_has_just_said(said: list[tuple[str, float, str]], told: str | None) -> None:
    group = {"event": "::group::Log message source details"}
    content = [group, *(entry(*each) for each in said)]
    with serving() as web:
        web.url(LOG, Answer(body=json.dumps({"content": content}).encode()))
        assert AirflowApi(f"http://{web.host}", "user", "password").progress("d", "r", TASK) == told
