"""Three algorithms side by side under a real scheduler: one job is stopped, and the best is used again."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from include.pipeline.aws.object_store import read_object
from include.pipeline.documents.manifest import RunManifest
from include.pipeline.documents.training.contenders import contender_key
from local_stack.demo import DAG_ID, SAMPLE
from local_stack.results import LocalAwsClient
from local_stack.stack import REGION
from tests.aws.lists import listed
from tests.aws.waiting import wait_until
from tests.e2e.changed_project import changed_stack
from tests.e2e.running_stack import FinishedRun, RunningStack
from tests.pipeline.planned import CONFIG
from tests.pipeline.several_algorithms import THREE
from tests.services.airflow_database import migrated_database
from tests.services.misbehaving_web import Answer, serving

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3000)]

XGBOOST, LINEAR, KNN = THREE
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
        processes = ("local_aws", "api_server", "scheduler", "dag_processor")
        with local.running(*processes, dag_id=DAG_ID) as airflow:
            yield RunningStack(airflow, LocalAwsClient(local.aws_url, REGION, local.aws_key), local)


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
