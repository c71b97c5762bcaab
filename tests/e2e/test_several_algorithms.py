"""Algorithms side by side, a tuning job, a split by a job, under a real scheduler; models are used again."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from include.pipeline.aws.object_store import read_object
from include.pipeline.data.split import split_to_s3
from include.pipeline.documents.manifest import RunManifest
from include.pipeline.documents.plan import RunPlan
from include.pipeline.documents.training.contenders import contender_key
from include.pipeline.documents.training.tune import is_trial_of, tuning_key
from local_stack.demo import DAG_ID, SAMPLE
from local_stack.results import LocalAwsClient
from local_stack.stack import REGION
from tests.aws.lists import listed
from tests.aws.waiting import wait_until
from tests.e2e.changed_project import changed_stack
from tests.e2e.running_stack import FinishedRun, RunningStack
from tests.faults.airflow_user import AirflowUser
from tests.pipeline.planned import CONFIG
from tests.pipeline.several_algorithms import THREE
from tests.pipeline.split_jobs import PROCESSING
from tests.pipeline.tuned import TUNE
from tests.services.airflow_database import migrated_database
from tests.services.misbehaving_web import Answer, serving

pytestmark = [pytest.mark.slow, pytest.mark.stacks, pytest.mark.timeout(3000)]

XGBOOST, LINEAR, KNN = THREE
TUNED = "tuned_bank_marketing"
SPLIT = "split_bank_marketing"
# So many passes that the job is still under way when it is stopped.
ENDLESS = LINEAR | {"hyperparameters": {"epochs": 10_000, "early_stopping_patience": 10_000}}


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """The bundled pipeline, whose YAML has three algorithms."""
    folder = tmp_path_factory.mktemp("several")
    params = CONFIG.params.model_dump(mode="json") | {"validation_fraction": 0.2}
    table = {"label": "y_yes", "drop": ["y_no"], "show_values": True}
    with migrated_database() as database_url, serving() as web:
        url = web.url("/bank.csv", Answer(SAMPLE.read_bytes()))
        local = changed_stack(
            folder,
            web,
            database_url,
            url,
            schedule=None,
            watch=None,
            table=table,
            params=yaml.safe_load(yaml.safe_dump(params)),
            algorithms=[XGBOOST, ENDLESS, KNN],
        )
        add_pipeline(folder, TUNED, table, url, tune=TUNE)
        processing = PROCESSING | {"above_bytes": 0}
        add_pipeline(folder, SPLIT, table, url, split_on="processing", processing=processing)
        processes = ("local_aws", "api_server", "scheduler", "dag_processor")
        with local.running(*processes, dag_id=DAG_ID) as airflow:
            yield RunningStack(airflow, LocalAwsClient(local.aws_url, REGION, local.aws_key), local)


def add_pipeline(folder: Path, name: str, table: dict[str, Any], url: str, **others: Any) -> None:
    """Write a pipeline of the same table beside it, whose YAML has other jobs."""
    fields = CONFIG.model_dump(mode="json") | {"schedule": None, "watch": None, "table": table} | others
    fields["params"] |= {
        "data_url": url,
        "validation_fraction": 0.2,
        "hyperparameters": {"num_round": 20, "objective": "binary:logistic"},
        "must_beat_baseline": False,
    }
    (folder / "include" / "datasets" / f"{name}.yaml").write_text(yaml.safe_dump(fields))


@pytest.fixture(scope="module")
def first(stack: RunningStack) -> FinishedRun:
    """A run of which somebody stops the second training job."""
    sagemaker: Any = stack.aws.client("sagemaker")
    run = stack.airflow.trigger(DAG_ID, {})

    def in_training() -> str | None:
        found = sagemaker.list_training_jobs(StatusEquals="InProgress")["TrainingJobSummaries"]
        names = [job["TrainingJobName"] for job in found]
        return next((name for name in names if name.endswith("-linear")), None)

    sagemaker.stop_training_job(TrainingJobName=wait_until(in_training))
    return stack.finish(run)


def states(stack: RunningStack, run: FinishedRun) -> dict[str, Counter[str | None]]:
    """Count the states of each task's instances."""
    found: dict[str, Counter[str | None]] = {}
    for task in stack.airflow.tasks(DAG_ID, run.state.dag_run_id):
        found.setdefault(task.task_id, Counter())[task.state] += 1
    return found


def manifest_of(stack: RunningStack, run: FinishedRun) -> RunManifest:
    uri = run.plan.locations.manifest
    return RunManifest.read(read_object(stack.aws.s3, uri), uri)


def jobs(stack: RunningStack) -> dict[str, str]:
    found = stack.aws.client("sagemaker").list_training_jobs()["TrainingJobSummaries"]
    return {job["TrainingJobName"]: job["TrainingJobStatus"] for job in found}


def test_one_that_is_stopped_is_left_out_and_the_best_of_the_others_passes_the_gate(
    stack: RunningStack, first: FinishedRun
) -> None:
    found = states(stack, first)
    assert first.state.state == "success", found
    assert found["train_model"] == {"success": 2, "failed": 1}
    assert found["score_contender"] == {"success": 2, "upstream_failed": 1}
    assert found["choose_contender"] == found["check_quality"] == {"success": 1}
    key = first.plan.key
    assert jobs(stack) == {
        contender_key(key, "xgboost"): "Completed",
        contender_key(key, "linear-learner"): "Stopped",
        contender_key(key, "knn"): "Completed",
    }
    manifest = manifest_of(stack, first)
    assert manifest.contest is not None
    won, stopped, lost = manifest.contest.results
    assert manifest.contender == "xgboost"
    assert (won.figures["roc_auc"] or 0) > (lost.figures["roc_auc"] or 1)
    assert manifest.training.name == contender_key(key, "xgboost")
    assert stopped.failure is not None
    assert "ended as Stopped" in stopped.failure
    report = read_object(stack.aws.s3, first.plan.locations.report).decode()
    assert "Contenders</h2>" in report
    assert "Left out: " in report


def test_nothing_of_any_contender_is_left(stack: RunningStack, first: FinishedRun) -> None:
    sagemaker: Any = stack.aws.client("sagemaker")
    assert first.state.is_over
    for kind in ("list_endpoints", "list_endpoint_configs", "list_models"):
        assert listed(sagemaker, kind) == []


def test_the_next_run_of_the_same_uses_the_model_again_and_buys_no_job(
    stack: RunningStack, first: FinishedRun
) -> None:
    before = jobs(stack)
    again = stack.run({})
    found = states(stack, again)
    assert again.state.state == "success", found
    assert found["train_model"] == found["score_contender"] == {"skipped": 3}
    assert found["choose_contender"] == {"skipped": 1}
    assert jobs(stack) == before
    made, reused = manifest_of(stack, first), manifest_of(stack, again)
    assert reused.reused_from == made.identity.run_id
    assert (reused.contest, reused.metrics) == (made.contest, made.metrics)


@pytest.fixture(scope="module")
def tuned(stack: RunningStack) -> FinishedRun:
    """A run with a tuning job."""
    return stack.run({}, TUNED)


def failures(stack: RunningStack, run: FinishedRun) -> dict[str, str | None]:
    """Why tasks have failed."""
    return {
        task_id: stack.airflow.failure(run.plan.identity.dag_id, run.state.dag_run_id, task_id)
        for task_id, task in run.tasks.items()
        if task.state == "failed"
    }


def tuning_jobs(stack: RunningStack) -> dict[str, str]:
    found = listed(stack.aws.client("sagemaker"), "list_hyper_parameter_tuning_jobs")
    return {job["HyperParameterTuningJobName"]: job["HyperParameterTuningJobStatus"] for job in found}


def test_the_best_of_the_trials_is_deployed_judged_and_reported(
    stack: RunningStack, tuned: FinishedRun
) -> None:
    assert tuned.state.state == "success", failures(stack, tuned)
    name = tuning_key(tuned.plan.key)
    assert tuning_jobs(stack) == {name: "Completed"}
    manifest = manifest_of(stack, tuned)
    assert manifest.tuning is not None
    assert (manifest.tuning.job_name, len(manifest.tuning.trials)) == (name, 3)
    values = {trial.job_name: trial.value or 0 for trial in manifest.tuning.trials}
    assert manifest.training.name == max(values, key=values.__getitem__)
    assert all(is_trial_of(job, tuned.plan.key) for job in values)
    assert "Completed: 3 of 3 training jobs have ended; the best validation:auc is" in tuned.log(
        "train_model"
    )
    report = read_object(stack.aws.s3, tuned.plan.locations.report).decode()
    assert ">Trials</h2>" in report
    assert manifest.tuning.chosen["eta"] in report
    sagemaker: Any = stack.aws.client("sagemaker")
    for kind in ("list_endpoints", "list_endpoint_configs", "list_models"):
        assert listed(sagemaker, kind) == []


def test_the_next_run_of_the_same_uses_the_trial_again_and_tunes_nothing(
    stack: RunningStack, tuned: FinishedRun
) -> None:
    again = stack.run({}, TUNED)
    assert again.state.state == "success", failures(stack, again)
    assert again.tasks["train_model"].state == "skipped"
    made, reused = manifest_of(stack, tuned), manifest_of(stack, again)
    assert (reused.training, reused.tuning, reused.metrics) == (made.training, made.tuning, made.metrics)
    assert reused.reused_from == made.identity.run_id
    assert list(tuning_jobs(stack)) == [tuning_key(tuned.plan.key)]


def test_a_task_that_is_marked_while_it_tunes_leaves_neither_tuning_job_nor_trials(
    stack: RunningStack, tuned: FinishedRun
) -> None:
    assert tuned.state.is_over
    sagemaker: Any = stack.aws.client("sagemaker")
    endless = {"num_round": 10_000_000, "objective": "binary:logistic"}
    run = stack.airflow.trigger(TUNED, {"hyperparameters": endless, "max_cost": None})

    def running() -> str | None:
        return next((name for name, status in tuning_jobs(stack).items() if status == "InProgress"), None)

    name = wait_until(running)
    wait_until(lambda: listed(sagemaker, "list_training_jobs", NameContains=name))
    AirflowUser(stack.airflow).mark_task(run.dag_run_id, "train_model", "failed", TUNED)
    assert stack.finish(run, TUNED).state.state == "failed"
    assert tuning_jobs(stack)[name] == "Stopped"
    trials = listed(sagemaker, "list_training_jobs", NameContains=name)
    assert {trial["TrainingJobStatus"] for trial in trials} == {"Stopped"}


def split_jobs(stack: RunningStack) -> dict[str, str]:
    found = listed(stack.aws.client("sagemaker"), "list_processing_jobs")
    return {job["ProcessingJobName"]: job["ProcessingJobStatus"] for job in found}


def test_a_table_that_a_processing_job_splits_makes_the_model_that_the_worker_makes(
    stack: RunningStack,
) -> None:
    run = stack.run({}, SPLIT)
    assert run.state.state == "success", failures(stack, run)
    assert split_jobs(stack) == {run.plan.key: "Completed"}
    split = manifest_of(stack, run).split
    assert split.job is not None
    assert split.job.name == run.plan.key
    assert "a processing job splits them" in run.log("split_data")
    report = read_object(stack.aws.s3, run.plan.locations.report).decode()
    assert f"{run.plan.key}, on ml.m5.xlarge, billable" in report
    plan = RunPlan.read(read_object(stack.aws.s3, run.plan.locations.plan), "plan.json")
    on_worker = split_to_s3(stack.aws.s3, manifest_of(stack, run).raw, plan)
    assert split.model_copy(update={"job": None}) == on_worker


def test_a_task_that_is_marked_while_its_job_splits_leaves_no_job(stack: RunningStack) -> None:
    run = stack.airflow.trigger(SPLIT, {"seed": 7})

    def running() -> str | None:
        return next((name for name, status in split_jobs(stack).items() if status == "InProgress"), None)

    name = wait_until(running)
    AirflowUser(stack.airflow).mark_task(run.dag_run_id, "split_data", "failed", SPLIT)
    assert stack.finish(run, SPLIT).state.state == "failed"
    assert split_jobs(stack)[name] == "Stopped"
