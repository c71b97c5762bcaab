"""Data that comes day by day, and is corrected later; runs of every kind."""

import hashlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from include.pipeline.aws.object_store import read_object
from include.pipeline.documents.manifest import RunManifest
from include.pipeline.documents.plan import RunPlan
from local_stack.airflow_api import RunState
from local_stack.backfill import backfill
from local_stack.demo import DAG_ID, SAMPLE
from local_stack.results import LocalAwsClient
from local_stack.stack import REGION, StackError
from tests.aws.lists import listed
from tests.e2e.changed_project import changed_stack
from tests.e2e.running_stack import FinishedRun, RunningStack
from tests.services.airflow_database import migrated_database
from tests.services.misbehaving_web import Answer, MisbehavingWeb, serving

pytestmark = [pytest.mark.slow, pytest.mark.stacks, pytest.mark.backfill, pytest.mark.timeout(3000)]

HEADER, *ROWS = SAMPLE.read_bytes().splitlines(keepends=True)
FIRST_DAY, DAYS = date(2026, 3, 1), 10
CORRECTED = 4
TRAINED_ON = ("split_data", "train_model", "deploy_endpoint", "evaluate_model")


def body_of(day: int) -> bytes:
    """Build the file of a day: each has fewer rows than the day before."""
    return b"".join([HEADER, *ROWS[50 * day :]])


def url_of(web: MisbehavingWeb, body: bytes, day: date | None = None) -> str:
    name = f"/bank_{day:%Y-%m-%d}.csv" if day else "/bank.csv"
    return web.url(name, Answer(body, headers={"ETag": f'"{hashlib.sha256(body).hexdigest()[:12]}"'}))


@dataclass(frozen=True)
class Backfilled:
    """A stack, the web server that its data comes from, and each kind of run."""

    stack: RunningStack
    web: MisbehavingWeb
    strikes: datetime

    def backfill(self) -> dict[date, FinishedRun]:
        """Run the ten days, two at a time, also those that have run before."""
        first = datetime.combine(FIRST_DAY, datetime.min.time(), UTC)
        self.stack.airflow.backfill(
            DAG_ID,
            (first, first + timedelta(days=DAYS)),
            {
                "data_url": f"http://{self.web.host}/bank_{{interval_start:%Y-%m-%d}}.csv",
                "must_beat_baseline": False,
            },
            at_once=2,
        )
        runs = [run for run in self.stack.airflow.runs(DAG_ID) if run.dag_run_id.startswith("backfill__")]
        finished = [self.stack.finish(run) for run in runs]
        while self.stack.airflow.is_backfilling(DAG_ID):
            time.sleep(0.5)
        return {run.state.logical_date.date(): run for run in finished if run.state.logical_date}

    def jobs(self) -> set[str]:
        sagemaker = self.stack.aws.client("sagemaker")
        pages = sagemaker.get_paginator("list_training_jobs").paginate()
        return {job["TrainingJobName"] for page in pages for job in page["TrainingJobSummaries"]}

    def manifest(self, run: FinishedRun) -> RunManifest:
        return RunManifest.model_validate_json(read_object(self.stack.aws.s3, run.plan.locations.manifest))

    def assert_whole(self, run: FinishedRun, body: bytes) -> None:
        """What every run has to be, whatever started it."""
        assert run.state.state == "success", {name: task.state for name, task in run.tasks.items()}
        manifest = self.manifest(run)
        assert manifest.raw.sha256 == hashlib.sha256(body).hexdigest()
        assert manifest.split.rows == len(body.splitlines()) - 1
        assert manifest.missed == ()
        plan = run.plan
        assert read_object(self.stack.aws.s3, plan.locations.report).startswith(b"<!doctype html>")
        sagemaker: Any = self.stack.aws.client("sagemaker")
        for operation in ("list_endpoints", "list_endpoint_configs", "list_models"):
            assert listed(sagemaker, operation, NameContains=plan.key) == []


@pytest.fixture(scope="module")
def backfilled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backfilled]:
    """A pipeline whose clock strikes once while these tests run."""
    folder = tmp_path_factory.mktemp("dated")
    strikes = datetime.now(UTC) + timedelta(minutes=2)
    with migrated_database() as database_url, serving() as web:
        for day in range(DAYS):
            url_of(web, body_of(day), FIRST_DAY + timedelta(days=day))
        data_url, schedule = url_of(web, SAMPLE.read_bytes()), f"{strikes:%M %H} * * *"
        limits = {
            "buckets": ["from-scratch"],
            "s3_sources": ["s3://airflow-sagemaker-us-east-1-123456789012/"],
        }
        local = changed_stack(folder, web, database_url, data_url, limits, schedule=schedule, watch=None)
        processes = ("local_aws", "api_server", "scheduler", "dag_processor")
        with local.running(*processes, dag_id=DAG_ID) as airflow:
            airflow.unpause(DAG_ID)
            stack = RunningStack(airflow, LocalAwsClient(local.aws_url, REGION, local.aws_key), local)
            yield Backfilled(stack, web, strikes)


@pytest.fixture(scope="module")
def first(backfilled: Backfilled) -> dict[date, FinishedRun]:
    return backfilled.backfill()


def test_each_day_of_a_backfill_is_trained_on_its_own_data(
    backfilled: Backfilled, first: dict[date, FinishedRun]
) -> None:
    assert sorted(first) == [FIRST_DAY + timedelta(days=day) for day in range(DAYS)]
    for day, run in enumerate(first[key] for key in sorted(first)):
        backfilled.assert_whole(run, body_of(day))
        assert run.tasks["train_model"].state == "success"
    assert len({run.plan.key for run in first.values()}) == DAYS
    assert {run.plan.key for run in first.values()} <= backfilled.jobs()
    assert len({backfilled.manifest(run).model_sha256 for run in first.values()}) == DAYS
    assert most_at_once(first) <= 2


def test_the_same_data_again_buys_no_training(backfilled: Backfilled, first: dict[date, FinishedRun]) -> None:
    models = {day: backfilled.manifest(run).model_sha256 for day, run in first.items()}
    before = backfilled.jobs()
    again = backfilled.backfill()
    assert set(again) == set(first)
    assert backfilled.jobs() == before
    for day, run in again.items():
        assert run.state.start_date != first[day].state.start_date
        backfilled.assert_whole(run, body_of((day - FIRST_DAY).days))
        assert {run.tasks[task].state for task in TRAINED_ON} == {"skipped"}
        assert "is used again: it was made of the same data in the same way" in run.log("train_model")
        assert backfilled.manifest(run).model_sha256 == models[day]


def test_a_day_that_is_corrected_is_trained_anew_and_no_other(
    backfilled: Backfilled, first: dict[date, FinishedRun]
) -> None:
    corrected = FIRST_DAY + timedelta(days=CORRECTED)
    body = b"".join([HEADER, *ROWS[:-100]])
    url_of(backfilled.web, body, corrected)
    before = backfilled.jobs()
    again = backfilled.backfill()
    (job,) = backfilled.jobs() - before
    assert job.startswith(first[corrected].plan.key)
    for day, run in again.items():
        backfilled.assert_whole(run, body if day == corrected else body_of((day - FIRST_DAY).days))
        assert run.tasks["train_model"].state == ("success" if day == corrected else "skipped")


def test_runs_by_hand_by_the_clock_and_by_an_event_are_as_whole_as_backfilled_ones(
    backfilled: Backfilled, first: dict[date, FinishedRun]
) -> None:
    airflow, stack = backfilled.stack.airflow, backfilled.stack
    by_hand = airflow.trigger(DAG_ID, {"force_retrain": True})
    dated = airflow.trigger(DAG_ID, {"force_retrain": True}, logical_date=datetime(2026, 4, 1, tzinfo=UTC))
    airflow.update_asset(f"{DAG_ID}_source")
    by_kind = {"manual__": by_hand, "asset_triggered__": run_of(stack, "asset_triggered__")}
    # A backfill counts as runs of the clock, so Airflow has made up for yesterday's tick as well.
    by_kind["scheduled__"] = run_of(stack, f"scheduled__{backfilled.strikes:%Y-%m-%dT%H:%M}")
    for run in (dated, *by_kind.values()):
        backfilled.assert_whole(stack.finish(run), SAMPLE.read_bytes())
    assert by_hand.logical_date is None
    assert by_kind["asset_triggered__"].logical_date is None
    assert dated.logical_date == datetime(2026, 4, 1, tzinfo=UTC)
    assert by_kind["scheduled__"].logical_date is not None
    backfilled.assert_whole(first[FIRST_DAY], body_of(0))


def test_a_run_without_an_interval_is_told_that_dated_data_needs_one(backfilled: Backfilled) -> None:
    url = f"http://{backfilled.web.host}/bank_{{interval_start:%Y-%m-%d}}.csv"
    run = backfilled.stack.run({"data_url": url})
    assert (run.tasks["plan_run"].state, run.tasks["plan_run"].try_number) == ("failed", 1)
    assert "Trigger the run with a logical date, or write the date into data_url" in run.log("plan_run")


def test_a_manifest_run_again_from_scratch_gives_the_same_model(
    backfilled: Backfilled, first: dict[date, FinishedRun]
) -> None:
    manifest = backfilled.manifest(first[FIRST_DAY])
    made_of = {"data_url": manifest.raw.uri, "bucket": "from-scratch", "force_retrain": True}
    run = backfilled.stack.run(manifest.params | made_of)
    backfilled.assert_whole(run, body_of(0))
    assert backfilled.manifest(run).model_sha256 == manifest.model_sha256
    plan = RunPlan.model_validate_json(read_object(backfilled.stack.aws.s3, run.plan.locations.plan))
    assert plan.bucket == "from-scratch"


@pytest.mark.usefixtures("first")
def test_the_last_day_belongs_to_a_backfill_and_a_second_one_at_once_is_refused(
    backfilled: Backfilled,
) -> None:
    days = FIRST_DAY + timedelta(days=60), FIRST_DAY + timedelta(days=62)
    conf = {"data_url": url_of(backfilled.web, body_of(0), FIRST_DAY), "must_beat_baseline": False}
    local, strikes = backfilled.stack.local, backfilled.strikes
    said = backfill(local, *days, conf)
    with pytest.raises(StackError, match=f"Another backfill of {DAG_ID} is under way: wait for its end"):
        backfill(local, *days, conf)
    ticks = [f"2026-{day} {strikes:%H:%M}" for day in ("04-30", "05-01", "05-02")]
    assert said == (
        f"3 runs, 2 at a time: {', '.join(ticks)} UTC.\n"
        f"Watch them at {local.airflow_url}/dags/{DAG_ID}/backfills"
    )
    runs = [run for run in backfilled.stack.airflow.runs(DAG_ID) if run.logical_date]
    made = [run for run in runs if run.logical_date and days[0] <= run.logical_date.date() <= days[1]]
    assert len(made) == 3
    for run in made:
        backfilled.assert_whole(backfilled.stack.finish(run), body_of(0))
    while backfilled.stack.airflow.is_backfilling(DAG_ID):
        time.sleep(0.5)
    assert backfill(local, days[1], days[1], conf).startswith(f"1 run: 2026-05-02 {strikes:%H:%M} UTC.\n")
    while backfilled.stack.airflow.is_backfilling(DAG_ID):
        time.sleep(0.5)


@pytest.mark.parametrize(
    ("first_day", "conf", "said"),
    [
        (date(2096, 1, 1), {}, "Airflow refuses the backfill: "),
        (FIRST_DAY, {"seed": "seven"}, "Airflow refuses the backfill: "),
    ],
)
def test_what_airflow_refuses_is_told_with_its_reason(
    backfilled: Backfilled, first_day: date, conf: dict[str, Any], said: str
) -> None:
    with pytest.raises(StackError, match=said) as refused:
        backfill(backfilled.stack.local, first_day, first_day, conf)
    assert len(str(refused.value)) > len(said)


def run_of(stack: RunningStack, kind: str) -> RunState:
    """Wait for the only run of a kind."""
    deadline = time.monotonic() + 180
    while not (runs := [run for run in stack.airflow.runs(DAG_ID) if run.dag_run_id.startswith(kind)]):
        assert time.monotonic() < deadline, f"no run {kind}"
        time.sleep(1)
    assert len(runs) == 1, runs
    return runs[0]


def most_at_once(runs: dict[date, FinishedRun]) -> int:
    """Count how many runs went on at the same time, at the most."""
    states = [run.state for run in runs.values()]
    return max(
        sum(
            other.start_date <= state.start_date < other.end_date
            for other in states
            if other.start_date and other.end_date
        )
        for state in states
        if state.start_date
    )
