"""What becomes of an accepted model under a real scheduler: it is registered, and scores new rows."""

import hashlib
import io
from collections.abc import Iterator
from typing import Any

import pandas as pd
import pytest

from include.pipeline.aws.object_store import read_object
from include.pipeline.aws.tags import tag_value
from include.pipeline.documents.scoring.plan import ScorePlan
from include.pipeline.documents.scoring.rows import Scoring
from local_stack.demo import DAG_ID, SAMPLE
from local_stack.results import LocalAwsClient
from local_stack.stack import REGION
from tests.aws.lists import listed
from tests.aws.topics import make_topic
from tests.aws.waiting import wait_until
from tests.e2e.changed_project import changed_stack
from tests.e2e.running_stack import FinishedRun, RunningStack
from tests.faults.airflow_user import AirflowUser
from tests.services.airflow_database import migrated_database
from tests.services.misbehaving_web import Answer, serving

pytestmark = [pytest.mark.slow, pytest.mark.stacks, pytest.mark.timeout(3000)]

SCORE, REGISTRY = "bank_marketing_score", "bank_marketing_registry"
TOPIC = "scoring"
# Without the label, its other half, and in another order of the columns.
ROWS = pd.read_csv(SAMPLE, index_col=0).drop(columns=["y_yes", "y_no"]).iloc[:, ::-1]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """A pipeline whose YAML has `score`, and whose first run has been accepted."""
    folder = tmp_path_factory.mktemp("scoring")
    with migrated_database() as database_url, serving() as web:
        training = web.url("/bank.csv", Answer(SAMPLE.read_bytes()))
        new = web.url("/new.csv", Answer(ROWS.to_csv(index=False).encode()))
        web.url("/fewer.csv", Answer(ROWS.head(500).to_csv(index=False).encode()))
        registry = {"approval": "by a person", "answer_within_days": 1}
        fields = {"schedule": None, "watch": None, "score": {"data_url": new}, "registry": registry}
        fields["notify"] = [{"sns": f"arn:aws:sns:{REGION}:123456789012:{TOPIC}"}]
        local = changed_stack(folder, web, database_url, training, **fields)
        processes = ("local_aws", "api_server", "scheduler", "dag_processor")
        with local.running(*processes, dag_id=DAG_ID) as airflow:
            for dag_id in (SCORE, REGISTRY):
                wait_until(lambda dag_id=dag_id: airflow.is_ready(dag_id))
            # The first accepted model starts it.
            airflow.unpause(REGISTRY)
            running = RunningStack(airflow, LocalAwsClient(local.aws_url, REGION, local.aws_key), local)
            make_topic(running.aws.client, TOPIC)
            assert running.run({}).state.state == "success"
            yield running


@pytest.fixture(scope="module")
def asked(stack: RunningStack) -> dict[str, Any]:
    """What a person was asked of the first accepted model, which only then scores."""
    (run,) = stack.airflow.runs(REGISTRY)
    user = AirflowUser(stack.airflow)
    wait_until(lambda: user.tasks(run.dag_run_id, REGISTRY)["approve_model"].state == "awaiting_input")
    refused = stack.run({}, SCORE)
    told = stack.airflow.failure(SCORE, refused.state.dag_run_id, "choose_model")
    question = user.asked(REGISTRY, run.dag_run_id, "approve_model")
    user.answer(REGISTRY, run.dag_run_id, "approve_model", "Approve", note="Better than none")
    finished = stack.finish(run, REGISTRY)
    assert finished.state.state == "success", finished.tasks
    return {"body": question["body"], "before": told, "run": finished}


def test_an_accepted_model_is_registered_and_scores_once_a_person_has_approved_it_in_airflow(
    stack: RunningStack, asked: dict[str, Any]
) -> None:
    assert "none approved yet" in asked["body"]
    assert "| roc_auc | 0." in asked["body"]
    assert "no such accepted model" in asked["before"]
    sagemaker: Any = stack.aws.client("sagemaker")
    registered = asked["run"].xcom("register_model")
    found = sagemaker.describe_model_package(ModelPackageName=registered["arn"])
    assert (found["ModelPackageVersion"], found["ModelApprovalStatus"]) == (1, "Approved")
    assert found["ApprovalDescription"].endswith(": Better than none")
    (trained,) = stack.airflow.runs(DAG_ID)
    assert found["CustomerMetadataProperties"]["run_id"] == tag_value(trained.dag_run_id)

    again = stack.run({}, REGISTRY)
    assert again.state.state == "success"
    assert {task.state for task in again.tasks.values()} == {"skipped"}
    packages = sagemaker.list_model_packages(ModelPackageGroupName=registered["group"])
    assert len(packages["ModelPackageSummaryList"]) == 1


def test_people_are_told_once_of_the_model_that_waits_and_of_the_run_that_failed(
    stack: RunningStack, asked: dict[str, Any]
) -> None:
    waits, failed = make_topic(stack.aws.client, TOPIC).messages()
    assert waits["Subject"] == f"{REGISTRY}: version 1 waits for approval"
    assert asked["body"] in waits["Message"]
    assert waits["Message"].endswith("/tasks/approve_model/required_actions")
    assert failed["Subject"] == f"{SCORE}: choose_model failed"
    assert asked["before"] in failed["Message"]
    (register,) = [run for run in stack.airflow.runs(REGISTRY) if run.state == "success"][:1]
    log = stack.finish(register, REGISTRY).log("approve_model")
    assert "Told arn:aws:sns:" in log


def jobs(stack: RunningStack) -> dict[str, str]:
    """List the transform jobs that were bought, by their names."""
    found = stack.aws.client("sagemaker").list_transform_jobs()["TransformJobSummaries"]
    return {job["TransformJobName"]: job["TransformJobStatus"] for job in found}


def plan_of(run: FinishedRun) -> ScorePlan:
    return ScorePlan.model_validate(run.xcom("plan_run"))


def predictions_of(stack: RunningStack, run: FinishedRun) -> pd.DataFrame:
    content = read_object(stack.aws.s3, f"{plan_of(run).locations.predictions}.csv")
    return pd.read_csv(io.BytesIO(content))


def assert_nothing_bills(stack: RunningStack) -> None:
    sagemaker: Any = stack.aws.client("sagemaker")
    assert listed(sagemaker, "list_models", NameContains="score") == []
    assert listed(sagemaker, "list_transform_jobs", StatusEquals="InProgress") == []


@pytest.mark.usefixtures("asked")
def test_new_rows_are_scored_once_and_the_highest_are_kept_as_asked(stack: RunningStack) -> None:
    run = stack.run({}, SCORE)
    assert run.state.state == "success", run.tasks
    found = predictions_of(stack, run)
    assert sorted(found["row"]) == list(range(2, len(ROWS) + 2))
    assert found["score"].is_monotonic_decreasing
    scoring = Scoring.read(read_object(stack.aws.s3, plan_of(run).locations.scoring), "scoring.json")
    written = read_object(stack.aws.s3, f"{plan_of(run).locations.predictions}.csv")
    assert scoring.predictions_sha256 == hashlib.sha256(written).hexdigest()
    # The rows are those that the model was made of: none has moved.
    assert max(column.psi for column in scoring.encoded.columns) < 1e-9
    assert read_object(stack.aws.s3, plan_of(run).locations.report).startswith(b"<!doctype html>")
    (event,) = stack.airflow.asset_events(SCORE)
    assert event["extra"]["rows"] == len(ROWS)
    assert jobs(stack) == {plan_of(run).key: "Completed"}

    again = stack.run({"top_fraction": 0.01}, SCORE)
    assert again.state.state == "success", again.tasks
    assert {again.tasks[task].state for task in ("encode_rows", "score_rows")} == {"skipped"}
    pd.testing.assert_frame_equal(predictions_of(stack, again), found.head(len(ROWS) // 100))
    assert jobs(stack) == {plan_of(run).key: "Completed"}
    assert_nothing_bills(stack)


@pytest.mark.usefixtures("asked")
def test_a_task_that_is_marked_failed_stops_its_job_and_cleared_it_ends_green(stack: RunningStack) -> None:
    url = stack.run({"top": 1}, SCORE).xcom("download_data")["url"].replace("new.csv", "fewer.csv")
    before, user, run_id = jobs(stack), AirflowUser(stack.airflow), "ended_by_hand"
    user.trigger(run_id, {"data_url": url}, SCORE)
    wait_until(lambda: "InProgress" in jobs(stack).values())
    user.mark_task(run_id, "score_rows", "failed", SCORE)
    run = stack.finish(stack.airflow.run(SCORE, run_id), SCORE)
    assert run.state.state == "failed"
    assert sorted(jobs(stack).keys() - before.keys()) == [plan_of(run).key]
    assert_nothing_bills(stack)
    user.clear_run(run_id, SCORE)
    run = stack.finish(stack.airflow.run(SCORE, run_id), SCORE)
    assert run.state.state == "success", run.tasks
    assert len(predictions_of(stack, run)) == 500
    assert_nothing_bills(stack)


@pytest.mark.usefixtures("asked")
def test_a_run_for_no_rows_that_there_are_fails_before_it_buys_anything(stack: RunningStack) -> None:
    before = jobs(stack)
    run = stack.run({"data_url": "s3://another/new.csv"}, SCORE)
    assert run.state.state == "failed"
    assert run.tasks["plan_run"].state == "failed"
    unknown = stack.run({"model": "manual__unknown"}, SCORE)
    assert "no such accepted model" in (
        stack.airflow.failure(SCORE, unknown.state.dag_run_id, "choose_model") or ""
    )
    assert jobs(stack) == before
