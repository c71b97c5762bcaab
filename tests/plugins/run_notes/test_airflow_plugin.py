"""What a run that ends has in its note, against Airflow's own models and database."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, cast

import httpx
import pytest
from airflow.models.dagrun import DagRun
from airflow.utils.session import create_session
from airflow.utils.sqlalchemy import with_row_locks
from airflow.utils.state import DagRunState
from airflow.utils.types import DagRunType
from sqlalchemy import Engine, create_engine, select
from sqlalchemy.orm import Session

from plugins.run_notes import airflow_plugin
from plugins.run_notes.airflow_plugin import RunNotes
from tests.plugins.model_report.pipeline_runs import DAG_ID, DONE, add_run, remove_runs
from tests.services.airflow_database import migrated_database

pytestmark = pytest.mark.slow

FILE = "bank_2026-11-05.csv, sha256 10eaf0..."
SUMMARY = f"ROC AUC 0.763, passed, {FILE}"


@pytest.fixture
def runs(admin: httpx.Client) -> Iterator[Callable[..., Any]]:  # noqa: ARG001 - the database is there
    """Makes runs that are about to end: `runs("a_run", tasks={...}, summary=...)`."""
    yield partial(add_run, cast("Any", None), bucket=None, state="running")
    remove_runs()


def end(run_id: str, state: DagRunState) -> str | None:
    """End a run as the scheduler does, which then tells the listeners; returns the run's note."""
    query = select(DagRun).where(DagRun.dag_id == DAG_ID, DagRun.run_id == run_id)
    with create_session() as session:
        run = session.scalars(query).one()
        run.set_state(state)
        run.notify_dagrun_state_changed(msg="")
    with create_session() as session:
        note: str | None = session.scalars(query).one().note
        return note


def test_a_run_that_was_judged_says_in_one_line_what_it_was(runs: Callable[..., Any]) -> None:
    runs("passed", tasks=DONE, data=FILE, summary=SUMMARY)
    assert end("passed", DagRunState.SUCCESS) == SUMMARY
    summary = SUMMARY.replace("passed", "failed")
    runs("failed", tasks=DONE | {"check_quality": "failed"}, data=FILE, summary=summary)
    assert end("failed", DagRunState.FAILED) == summary


def test_a_run_that_failed_before_says_of_which_file(runs: Callable[..., Any]) -> None:
    runs("bad_day", tasks={"plan_run": "success", "download_data": "success"}, data=FILE)
    assert end("bad_day", DagRunState.FAILED) == f"not judged, {FILE}"


def test_what_a_task_told_before_the_run_was_cleared_is_not_noted_again(runs: Callable[..., Any]) -> None:
    runs("cleared", tasks=DONE, data=FILE, summary=SUMMARY)
    assert end("cleared", DagRunState.SUCCESS) == SUMMARY
    with create_session() as session:
        run = session.scalars(select(DagRun).where(DagRun.run_id == "cleared")).one()
        for task in run.task_instances:
            task.state = "upstream_failed"
    assert end("cleared", DagRunState.FAILED) is None


def test_a_note_of_a_user_stays(admin: httpx.Client, runs: Callable[..., Any]) -> None:
    runs("noted", tasks=DONE, data=FILE, summary=SUMMARY)
    admin.patch(f"/api/v2/dags/{DAG_ID}/dagRuns/noted", json={"note": "ask Ana"}).raise_for_status()
    assert end("noted", DagRunState.SUCCESS) == "ask Ana"


@pytest.mark.parametrize("told", [{"metrics": "x" * 10_000}, "x" * 10_000, 7])
def test_whatever_a_task_told_a_note_is_a_short_text(runs: Callable[..., Any], told: Any) -> None:
    runs("hostile", tasks=DONE, summary=told)
    note = end("hostile", DagRunState.SUCCESS)
    assert note is None or (isinstance(note, str) and len(note) <= 500)


@pytest.fixture
def postgres() -> Iterator[Engine]:
    """On PostgreSQL, several write to a run at a time: has the run `marked`."""
    with migrated_database() as url:
        engine = create_engine(url)
        with Session(engine) as session:
            session.add(DagRun(dag_id=DAG_ID, run_id="marked", run_type=DagRunType.MANUAL))
            session.commit()
        yield engine
        engine.dispose()


MARKED = select(DagRun).where(DagRun.run_id == "marked")


def test_a_run_that_is_marked_while_the_scheduler_ends_it_has_one_note(
    postgres: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(airflow_plugin, "_told", lambda *_: SUMMARY)

    def mark() -> None:
        with Session(postgres) as api_server:
            run = api_server.scalars(MARKED).one()
            assert run.note is None
            run.set_state(DagRunState.FAILED)
            RunNotes().on_dag_run_failed(run)
            api_server.commit()

    with ThreadPoolExecutor(1) as pool, Session(postgres) as scheduler:
        run = scheduler.scalars(MARKED).one()
        run.set_state(DagRunState.SUCCESS)
        RunNotes().on_dag_run_success(run)
        scheduler.flush()
        marking = pool.submit(mark)
        with pytest.raises(TimeoutError):
            marking.result(1)
        scheduler.commit()
        marking.result(10)
    with Session(postgres) as session:
        run = session.scalars(MARKED).one()
        assert (run.state, run.note) == (DagRunState.FAILED, SUMMARY)


def test_a_mark_that_leaves_the_teardown_to_run_does_not_wait_for_the_scheduler(
    postgres: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The scheduler holds the run, and waits for the tasks that the mark has changed: both would wait."""
    monkeypatch.setattr(airflow_plugin, "_told", lambda *_: SUMMARY)

    def mark() -> None:
        with Session(postgres) as api_server:
            RunNotes().on_dag_run_failed(api_server.scalars(MARKED).one())
            api_server.commit()

    with ThreadPoolExecutor(1) as pool, Session(postgres) as scheduler:
        run = scheduler.scalars(with_row_locks(MARKED, scheduler, of=DagRun)).one()
        pool.submit(mark).result(10)
        assert run.note is None
        run.set_state(DagRunState.FAILED)
        RunNotes().on_dag_run_failed(run)
        scheduler.commit()
        assert run.note == SUMMARY


def test_a_run_that_no_session_holds_is_left_alone() -> None:
    """As that of `airflow dags test`."""
    run = DagRun(dag_id=DAG_ID, run_id="bound_to_none")
    RunNotes().on_dag_run_success(run)
    RunNotes().on_dag_run_failed(run)
    assert run.note is None
