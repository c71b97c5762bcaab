import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk import DAG, Asset

from include.operators.failures.retries import RETRY_POLICY
from include.pipeline.documents.config import load_config
from tests.project import PROJECT


@pytest.fixture(scope="module")
def dag() -> DAG:
    return DagBag(PROJECT / "dags", bundle_path=PROJECT, bundle_name="tests").dags["bank_marketing_source"]


def test_it_looks_when_the_yaml_says_and_never_twice_at_once(dag: DAG) -> None:
    assert dag.timetable.expression == load_config("bank_marketing").watch
    assert dag.max_active_runs == 1
    assert not dag.catchup
    assert dag.doc_md
    assert dag.tags >= {"source", "bank-marketing"}


def test_its_task_knows_the_asset_from_before_and_updates_it(dag: DAG) -> None:
    (task,) = dag.tasks
    assert task.inlets == task.outlets == [Asset("bank_marketing_source", group="source")]


def test_it_is_bounded_and_retried_where_that_helps(dag: DAG) -> None:
    (task,) = dag.tasks
    assert task.execution_timeout is not None
    assert task.retries == 2
    assert task.retry_policy == RETRY_POLICY
    assert task.owner == "data-science"


def test_it_asks_for_nothing_as_the_run_that_it_starts_reads_the_yaml_too(dag: DAG) -> None:
    assert not dag.params
