"""The endpoint that serves the best model so far, under a real scheduler."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from include.pipeline.aws.object_store import read_object
from local_stack.demo import DAG_ID, SAMPLE
from local_stack.results import LocalAwsClient
from local_stack.stack import REGION
from tests.aws.endpoint_load import load
from tests.aws.endpoints import invoke
from tests.aws.topics import make_topic
from tests.aws.waiting import wait_until
from tests.e2e.changed_project import changed_stack
from tests.e2e.running_stack import FinishedRun, RunningStack
from tests.services.airflow_database import migrated_database
from tests.services.misbehaving_web import Answer, serving

pytestmark = [pytest.mark.slow, pytest.mark.stacks, pytest.mark.timeout(3000)]

SERVE, ROLLBACK = "bank_marketing_serve", "bank_marketing_rollback"
TOPIC = "champion"
QUICK = {"canary_seconds": 1, "keep_old_seconds": 0, "shadow": {"seconds": 3}}
ROWS = 50
"""Of a request."""


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


def endpoint(stack: RunningStack) -> str:
    """Name the one that is there."""
    sagemaker: Any = stack.aws.client("sagemaker")
    (found,) = sagemaker.list_endpoints()["Endpoints"]
    name: str = found["EndpointName"]
    return name


def served(stack: RunningStack) -> str:
    """The version that it serves, with nothing in its shadow."""
    sagemaker: Any = stack.aws.client("sagemaker")
    found = sagemaker.describe_endpoint(EndpointName=endpoint(stack))
    assert found["EndpointStatus"] == "InService"
    assert "ShadowProductionVariants" not in found
    configurations = sagemaker.list_endpoint_configs(MaxResults=100)["EndpointConfigs"]
    assert not [one for one in configurations if one["EndpointConfigName"].endswith("-sh")]
    name: str = found["EndpointConfigName"]
    return name


@contextmanager
def watching(sagemaker: Any, name: str) -> Iterator[list[tuple[str, bool]]]:
    """Note what an endpoint serves, and whether a model is in its shadow, whenever that has changed."""
    seen: list[tuple[str, bool]] = []
    done = threading.Event()

    def look() -> None:
        while not done.wait(0.1):
            found = sagemaker.describe_endpoint(EndpointName=name)
            now = found["EndpointConfigName"], "ShadowProductionVariants" in found
            if seen[-1:] != [now]:
                seen.append(now)

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield seen
    finally:
        done.set()
        watcher.join()


def test_the_best_model_is_served_whatever_comes_after_it_and_can_be_taken_back(stack: RunningStack) -> None:
    first, promoted = accept_and_promote(stack, 2)
    assert promoted.state.state == "success", promoted.tasks
    told = promoted.xcom("promote_model")
    assert (told["model"], told["before"]) == (first.state.dag_run_id, None)
    assert served(stack) == told["version"]

    rows = read_object(stack.aws.s3, first.plan.locations.test_features).splitlines(keepends=True)
    runtime: Any = stack.aws.client("sagemaker-runtime")
    name, body = endpoint(stack), b"".join(rows[:ROWS])
    answers = {invoke(runtime, name, body)["Body"]}
    with load(stack.aws.client, name, body) as asked, watching(stack.aws.client("sagemaker"), name) as seen:
        better, promoted = accept_and_promote(stack, 30)
    second = promoted.xcom("promote_model")
    # Its copies first, a part of the requests then, and all of them in the end.
    shadow = f"{second['version']}-sh"
    assert seen == [
        (told["version"], False),
        (shadow, True),
        (told["version"], False),
        (second["version"], False),
    ]
    assert promoted.tasks["end_shadow"].state == "success"
    copies = re.search(
        r"In the shadow for 3 s: (\d+) copies of requests, 0 without an answer", promoted.log("promote_model")
    )
    assert copies is not None
    assert int(copies[1]) > 0
    # Whoever asked got one model's answer or the other's.
    answers.add(invoke(runtime, name, body)["Body"])
    assert len(answers) == 2
    assert asked.failures == []
    assert set(asked.answers) == answers
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
