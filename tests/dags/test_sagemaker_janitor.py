import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk import DAG

from include.operators.failures.retries import RETRY_POLICY
from tests.project import PROJECT


@pytest.fixture(scope="module")
def dag() -> DAG:
    return DagBag(PROJECT / "dags", bundle_path=PROJECT, bundle_name="tests").dags["sagemaker_janitor"]


def test_it_sweeps_every_hour_and_never_twice_at_once(dag: DAG) -> None:
    assert [task.task_id for task in dag.tasks] == ["sweep_leftovers"]
    assert dag.timetable.expression == "0 * * * *"
    assert dag.max_active_runs == 1
    assert not dag.catchup


def test_it_is_bounded_and_retried_where_that_helps(dag: DAG) -> None:
    (task,) = dag.tasks
    assert task.execution_timeout is not None
    assert task.retry_policy == RETRY_POLICY


def test_it_asks_for_one_of_three_words(dag: DAG) -> None:
    assert dag.params.dump() == {"action": "as the Variable says"}
    assert dag.params.get_param("action").schema["enum"] == ["as the Variable says", "list only", "delete"]
