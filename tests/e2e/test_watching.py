"""A source that changes under a real scheduler, and the runs that this starts."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from local_stack.demo import DAG_ID, SAMPLE
from local_stack.results import LocalAwsClient
from local_stack.stack import REGION, LocalStack
from tests.aws.waiting import wait_until
from tests.e2e.changed_project import changed_stack
from tests.e2e.running_stack import RunningStack
from tests.services.airflow_database import migrated_database
from tests.services.misbehaving_web import Answer, MisbehavingWeb, serving

pytestmark = [pytest.mark.slow, pytest.mark.stacks, pytest.mark.timeout(3000)]

WATCHER = "bank_marketing_source"
PATH = "/bank.csv"
HEADER, *ROWS = SAMPLE.read_bytes().splitlines(keepends=True)


def publish(web: MisbehavingWeb, version: int) -> str:
    """Put another file on the web: each version has a row less. Returns its URL."""
    body = b"".join([HEADER, *ROWS[version:]])
    return web.url(PATH, Answer(body, headers={"ETag": f'"{version}"'}))


@dataclass(frozen=True)
class Watched:
    """A stack whose pipeline reads a source that the test changes."""

    local: LocalStack
    web: MisbehavingWeb

    @contextmanager
    def running(self) -> Iterator[RunningStack]:
        processes = ("local_aws", "api_server", "scheduler", "dag_processor")
        with self.local.running(*processes, dag_id=WATCHER) as airflow:
            wait_until(lambda: airflow.is_ready(DAG_ID))
            yield RunningStack(
                airflow, LocalAwsClient(self.local.aws_url, REGION, self.local.aws_key), self.local
            )


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    """The project with another YAML file: its data_url leads to the test's web server, no clock starts it."""
    with migrated_database() as database_url, serving() as web:
        data_url, schedule = publish(web, 1), "0 0 29 2 *"
        yield Watched(
            changed_stack(tmp_path, web, database_url, data_url, schedule=schedule, watch=None), web
        )


def look(stack: RunningStack, said: str = "") -> str | None:
    """Look at the source, and wait until the log says why it was skipped; returns the task's state."""
    run = stack.run({}, WATCHER)
    assert run.state.state == "success"
    (log,) = stack.logs.glob(f"*/run_id={run.state.dag_run_id}/*/attempt=1.log")
    # Airflow may write the last lines after it has told the state.
    wait_until(lambda: said in log.read_text())
    return run.tasks["look_at_source"].state


def delete_events(local: LocalStack) -> None:
    """Do what administrators do once in a while, but to events of this minute too."""
    now = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    clean = [
        "db",
        "clean",
        "--tables",
        "asset_event",
        "--clean-before-timestamp",
        now,
        "--skip-archive",
        "--yes",
    ]
    subprocess.run(
        [sys.executable, "-m", "airflow", *clean], env=local.environment(), check=True, capture_output=True
    )


def test_a_change_starts_one_run_and_nothing_else_starts_any(watched: Watched) -> None:
    with watched.running() as stack:
        stack.airflow.unpause(DAG_ID)
        for said in ("First look: ", "The source has not changed: "):
            assert look(stack, said) == "skipped"
        assert watched.web.asked == {f"HEAD {PATH}": 2}
        assert stack.airflow.asset_events(WATCHER) == []
        assert stack.airflow.runs(DAG_ID) == []

        url = publish(watched.web, 2)
        assert look(stack) == "success"
        assert look(stack) == "skipped"
        (run,) = stack.airflow.runs(DAG_ID)
        assert run.dag_run_id.startswith("asset_triggered__")
        finished = stack.finish(run)
        assert finished.state.state == "success", finished.tasks
        raw = finished.xcom("download_data")
        assert (raw["url"], raw["etag"]) == (url, '"2"')

        # As `airflow backfill create --dry-run` asks.
        dates = {"from_date": "2020-01-01T00:00:00Z", "to_date": "2026-01-01T00:00:00Z"}
        backfill = stack.airflow._client.post(
            "/api/v2/backfills/dry_run", json={"dag_id": DAG_ID, **dates}
        ).raise_for_status()
        assert [day["logical_date"][:10] for day in backfill.json()["backfills"]] == [
            "2020-02-29",
            "2024-02-29",
        ]

    with watched.running() as stack:
        assert look(stack) == "skipped"
        (event,) = stack.airflow.asset_events(WATCHER)
        assert event["extra"] == sample_version(url)
        delete_events(watched.local)
        assert stack.airflow.asset_events(WATCHER) == []
        assert look(stack) == "skipped"
        assert stack.airflow.runs(DAG_ID) == [finished.state]
    assert watched.web.asked[f"GET {PATH}"] == 1


def sample_version(url: str) -> dict[str, Any]:
    """What the event tells of the second version."""
    size = len(HEADER) + sum(len(row) for row in ROWS[2:])
    return {"url": url, "etag": '"2"', "last_modified": None, "bytes": size}
