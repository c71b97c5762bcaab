"""The endpoint that serves the best model so far, under a real scheduler."""

from collections.abc import Iterator
from typing import Any

import pytest

from local_stack.demo import DAG_ID, SAMPLE
from local_stack.results import LocalAwsClient
from local_stack.stack import REGION
from tests.aws.topics import make_topic
from tests.aws.waiting import wait_until
from tests.e2e.changed_project import changed_stack
from tests.e2e.running_stack import FinishedRun, RunningStack
from tests.services.airflow_database import migrated_database
from tests.services.misbehaving_web import Answer, serving

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3000)]

SERVE, ROLLBACK = "bank_marketing_serve", "bank_marketing_rollback"
TOPIC = "champion"
QUICK = {"canary_seconds": 1, "keep_old_seconds": 0}


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    folder = tmp_path_factory.mktemp("champion")
    with migrated_database() as database_url, serving() as web:
        training = web.url("/bank.csv", Answer(SAMPLE.read_bytes()))
        notify = [{"sns": f"arn:aws:sns:{REGION}:123456789012:{TOPIC}"}]
        fields = {"schedule": None, "watch": None, "serve": QUICK, "notify": notify}
        local = changed_stack(folder, web, database_url, training, **fields)
        processes = ("local_aws", "api_server", "scheduler", "dag_processor")
        with local.running(*processes, dag_id=DAG_ID) as airflow:
            for dag_id in (SERVE, ROLLBACK):
                wait_until(lambda dag_id=dag_id: airflow.is_ready(dag_id))
            airflow.unpause(SERVE)
            running = RunningStack(airflow, LocalAwsClient(local.aws_url, REGION, local.aws_key), local)
            make_topic(running.aws.client, TOPIC)
            yield running


def accept_and_promote(stack: RunningStack, rounds: int) -> tuple[FinishedRun, FinishedRun]:
    """Run the pipeline; the model that it accepts starts the DAG that promotes."""
    before = {run.dag_run_id for run in stack.airflow.runs(SERVE)}
    hyperparameters = {"num_round": rounds, "objective": "binary:logistic", "max_depth": 3, "eta": 0.2}
    gate = {"min_roc_auc": 0.5, "max_roc_auc_drop": None, "must_beat_baseline": False, "gate": {}}
    trained = stack.run({"hyperparameters": hyperparameters, **gate})
    assert trained.state.state == "success", trained.tasks
    wait_until(lambda: {run.dag_run_id for run in stack.airflow.runs(SERVE)} - before)
    (started,) = [run for run in stack.airflow.runs(SERVE) if run.dag_run_id not in before]
    return trained, stack.finish(started, SERVE)


def served(stack: RunningStack) -> str:
    """The endpoint configuration of the one endpoint that is there."""
    sagemaker: Any = stack.aws.client("sagemaker")
    (endpoint,) = sagemaker.list_endpoints()["Endpoints"]
    assert endpoint["EndpointStatus"] == "InService"
    name: str = sagemaker.describe_endpoint(EndpointName=endpoint["EndpointName"])["EndpointConfigName"]
    return name


def test_the_best_model_is_served_whatever_comes_after_it_and_can_be_taken_back(stack: RunningStack) -> None:
    first, promoted = accept_and_promote(stack, 2)
    assert promoted.state.state == "success", promoted.tasks
    told = promoted.xcom("promote_model")
    assert (told["model"], told["before"]) == (first.state.dag_run_id, None)
    assert served(stack) == told["version"]

    better, promoted = accept_and_promote(stack, 30)
    second = promoted.xcom("promote_model")
    assert (second["model"], second["before"]) == (better.state.dag_run_id, told["version"])
    assert served(stack) == second["version"]
    events = stack.airflow.asset_events(SERVE)
    assert [event["extra"]["model"] for event in events] == [told["model"], second["model"]]

    _, left_out = accept_and_promote(stack, 1)
    assert left_out.tasks["promote_model"].state == "skipped"
    assert "No better than the model that is served. ROC AUC" in left_out.log("promote_model")
    assert served(stack) == second["version"]

    back = stack.run({}, ROLLBACK)
    assert back.state.state == "success", back.tasks
    assert back.xcom("roll_back_model")["model"] == first.state.dag_run_id
    assert served(stack) == told["version"]

    unknown = stack.run({"version": "manual__unknown"}, ROLLBACK)
    assert unknown.tasks["roll_back_model"].try_number == 1
    failure = stack.airflow.failure(ROLLBACK, unknown.state.dag_run_id, "roll_back_model")
    assert "no such version to go back to" in (failure or "")
    assert served(stack) == told["version"]

    messages = make_topic(stack.aws.client, TOPIC).messages()
    assert [each["Subject"] for each in messages] == [
        f"{SERVE}: a new model serves",
        f"{SERVE}: a new model serves",
        f"{ROLLBACK}: an earlier model serves again",
        f"{ROLLBACK}: roll_back_model failed",
    ]
    assert "ROC AUC" in messages[1]["Message"]
    assert f"Before: {second['before']}" in messages[1]["Message"]
    assert first.state.dag_run_id in messages[2]["Message"]
