"""What the janitor tells the people of each pipeline."""

from pathlib import Path
from typing import Any

import pytest
from airflow.sdk import DAG

from include.operators.dag.notices.leftovers import TOLD
from tests.aws.clients import Aws
from tests.aws.connection import connect
from tests.aws.topics import Topic, make_topic
from tests.operators.dag.notices.told import end, parsed

pytestmark = pytest.mark.slow


class Store(dict[str, Any]):
    """As Airflow's state store of an asset."""

    def set(self, key: str, value: Any) -> None:
        self[key] = value


@pytest.fixture(scope="module")
def topic(aws: Aws) -> Topic:
    return make_topic(aws.client, "leftovers")


@pytest.fixture
def dag(topic: Topic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DAG:
    topic.messages()
    notify = [{"sns": topic.arn, "events": ["leftovers"]}]
    (dag,) = parsed(tmp_path, monkeypatch, "sagemaker_janitor.py", notify=notify).values()
    return dag


def found(name: str, dag_id: str = "churn", *, is_there: bool = True) -> dict[str, Any]:
    line = f"endpoint {name} (6.72 USD a day) of {dag_id} manual__1: its run is over"
    return {"dag_id": dag_id, "name": f"endpoint {name}", "line": line, "is_there": is_there}


def sweep(dag: DAG, store: Store, *leftovers: dict[str, Any]) -> None:
    xcoms = {("sweep_leftovers", "leftovers"): list(leftovers)}
    end(dag, "sweep_leftovers", xcoms=xcoms, asset_state_store={TOLD: store})


def test_each_leftover_is_told_once_to_the_people_of_its_pipeline(topic: Topic, dag: DAG) -> None:
    store = Store()
    sweep(dag, store, found("one"), found("two", "churn_score"), found("theirs", "another"))
    (published,) = topic.messages()
    assert published["Subject"] == "churn: leftovers that are billed: 2"
    assert "endpoint one (6.72 USD a day) of churn manual__1" in published["Message"]
    assert "endpoint two" in published["Message"]
    assert "theirs" not in published["Message"]
    assert "sagemaker_janitor_dry_run false" in published["Message"]
    sweep(dag, store, found("one"), found("two", "churn_score"))
    assert topic.messages() == []
    sweep(dag, store, found("two", "churn_score"), found("three"))
    (published,) = topic.messages()
    assert published["Subject"] == "churn: leftovers that are billed: 1"
    # One that went and came back is another.
    sweep(dag, store, found("one"))
    assert len(topic.messages()) == 1


def test_what_the_janitor_deletes_is_told_as_deleted(topic: Topic, dag: DAG) -> None:
    sweep(dag, Store(), found("one", is_there=False))
    (published,) = topic.messages()
    assert published["Subject"] == "churn: leftovers that were billed, and are deleted: 1"
    assert "dry_run" not in published["Message"]


def test_who_could_not_be_told_is_told_the_next_time(
    topic: Topic, dag: DAG, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store()
    with monkeypatch.context() as without:
        connect(without, "http://127.0.0.1:1")
        sweep(dag, store, found("one"))
    assert topic.messages() == []
    sweep(dag, store, found("one"))
    assert len(topic.messages()) == 1


def test_a_janitor_that_fails_is_told(topic: Topic, dag: DAG) -> None:
    refused = {("sweep_leftovers", "failure"): "Found: AccessDenied"}
    end(dag, "sweep_leftovers", ValueError("denied"), xcoms=refused)
    (published,) = topic.messages()
    assert published["Subject"] == "sagemaker_janitor: the janitor failed"
    assert published["Message"].startswith("Found: AccessDenied")
