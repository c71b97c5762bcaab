from datetime import UTC, datetime

import pytest

from plugins.model_report.run.absence import why_no_report
from plugins.model_report.runs import Run
from tests.plugins.model_report.pipeline_runs import DONE


def run_of(state: str, **tasks: str | None) -> Run:
    return Run("bank_marketing", "a_run", state, datetime(2026, 11, 24, tzinfo=UTC), tasks, "bucket")


def test_a_run_that_waits_for_its_turn() -> None:
    absence = why_no_report(run_of("queued"), is_evaluated=False)
    assert absence.title == "The run is queued"


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("running", "train_model is running."),
        ("deferred", "train_model is running and waits in the triggerer."),
        ("up_for_retry", "train_model has failed and will be tried again."),
        ("scheduled", "train_model is about to be queued."),
    ],
)
def test_a_running_run_names_the_task_it_is_at(state: str, words: str) -> None:
    absence = why_no_report(
        run_of("running", plan_run="success", train_model=state, deploy_endpoint=None), is_evaluated=False
    )
    assert absence.title == "The run is running"
    assert words in absence.text


def test_a_task_that_runs_comes_before_one_that_waits() -> None:
    run = run_of("running", create_bucket="scheduled", train_model="running")
    assert "train_model" in why_no_report(run, is_evaluated=False).text


def test_a_run_between_two_tasks() -> None:
    absence = why_no_report(run_of("running", plan_run="success"), is_evaluated=False)
    assert absence.title == "The run is running"


def test_a_run_that_has_failed_and_cleans_up() -> None:
    run = run_of(
        "running", train_model="failed", deploy_endpoint="upstream_failed", delete_endpoint="running"
    )
    absence = why_no_report(run, is_evaluated=False)
    assert absence.title == "The run has failed and is being torn down"
    assert "delete_endpoint is running" in absence.text


def test_a_run_that_failed_before_the_evaluation_names_what_failed() -> None:
    run = run_of("failed", train_model="failed", evaluate_model="upstream_failed")
    absence = why_no_report(run, is_evaluated=False)
    assert absence.title == "Failed before the evaluation"


def test_a_run_that_failed_after_the_evaluation() -> None:
    absence = why_no_report(run_of("failed", **DONE | {"check_quality": "failed"}), is_evaluated=True)
    assert absence.title == "Failed without a report"


def test_a_run_that_somebody_marked_as_failed() -> None:
    absence = why_no_report(run_of("failed", train_model="skipped"), is_evaluated=False)
    assert "marked the run as failed" in absence.text


@pytest.mark.parametrize("state", ["running", "success", "failed"])
def test_a_run_that_deleted_its_data(state: str) -> None:
    absence = why_no_report(run_of(state, **DONE, delete_data="success"), is_evaluated=False)
    assert absence.title == "The data was deleted"
    assert "delete_data" in absence.text


def test_a_run_older_than_the_reports() -> None:
    absence = why_no_report(run_of("success", **DONE, delete_data="skipped"), is_evaluated=False)
    assert absence.title == "No report"
    assert "older" in absence.text
