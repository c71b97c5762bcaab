import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk import DAG

from include.operators.failures.retries import RETRY_POLICY
from tests.project import PROJECT


@pytest.fixture(scope="module")
def dag() -> DAG:
    return DagBag(PROJECT / "dags", bundle_path=PROJECT, bundle_name="tests").dags["delete_kept_endpoint"]


def test_it_runs_by_hand_alone_and_asks_for_a_name(dag: DAG) -> None:
    assert dag.schedule is None
    assert [task.task_id for task in dag.tasks] == ["delete_kept_endpoint"]
    assert dag.params.dump() == {"endpoint": None}


def test_it_is_bounded_and_retried_where_that_helps(dag: DAG) -> None:
    (task,) = dag.tasks
    assert task.execution_timeout is not None
    assert task.retry_policy == RETRY_POLICY
