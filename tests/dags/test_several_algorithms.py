"""The DAG of a pipeline whose YAML has `algorithms`: its chain, its groups, and what others keep."""

from datetime import timedelta

import pytest
from airflow.sdk import DAG
from airflow.sdk.definitions.taskgroup import MappedTaskGroup

from include.operators.dag.documentation import TASKS
from include.operators.failures.retries import RETRY_POLICY
from include.operators.sagemaker.contender import ScoreContenderOperator
from include.operators.sagemaker.training import ResumableSageMakerTrainingOperator
from include.pipeline.planning.cost import CONTENDER_ENDPOINT_AT_MOST
from tests.dags.changed_churn import edges, parsed
from tests.pipeline.several_algorithms import fields

OWN = ["train_model", "score_contender", "choose_contender"]


@pytest.fixture(scope="module")
def dags(tmp_path_factory: pytest.TempPathFactory) -> dict[str, DAG]:
    """Those of bank_marketing, and of the example with three algorithms."""
    return parsed(tmp_path_factory.mktemp("datasets"), fields())


@pytest.fixture(scope="module")
def dag(dags: dict[str, DAG]) -> DAG:
    return dags["churn"]


def test_each_algorithm_trains_and_is_scored_and_one_is_chosen_before_the_chain_goes_on(
    dags: dict[str, DAG], dag: DAG
) -> None:
    of_one = edges(dags["bank_marketing"])
    assert of_one - edges(dag) == {("train_model", "deploy_endpoint")}
    assert edges(dag) - of_one == {
        ("train_model", "score_contender"),
        ("score_contender", "choose_contender"),
        ("choose_contender", "deploy_endpoint"),
    }
    group = dag.task_group.get_task_group_dict()["contend"]
    assert isinstance(group, MappedTaskGroup)
    assert list(group.children) == OWN[:2]
    assert group._expand_input.value == {"algorithm": ["xgboost", "linear-learner", "knn"]}
    assert isinstance(dag.get_task("train_model"), ResumableSageMakerTrainingOperator)
    assert isinstance(dag.get_task("score_contender"), ScoreContenderOperator)


def test_a_pipeline_of_one_algorithm_has_none_of_it(dags: dict[str, DAG]) -> None:
    dag = dags["bank_marketing"]
    assert {task.task_id for task in dag.tasks} & set(OWN) == {"train_model"}
    assert dag.get_task("train_model").map_index_template is None
    assert "contend" not in dag.task_group.get_task_group_dict()


def test_one_that_failed_keeps_no_other_from_being_chosen(dag: DAG) -> None:
    rules = {task_id: dag.get_task(task_id).trigger_rule.value for task_id in [*OWN, "deploy_endpoint"]}
    assert rules == {
        "train_model": "none_failed",
        "score_contender": "none_failed",
        "choose_contender": "all_done",
        "deploy_endpoint": "none_failed",
    }


def test_every_task_is_bounded_retried_and_told_to_people(dag: DAG) -> None:
    for task in dag.tasks:
        assert task.execution_timeout is not None
        assert task.retry_policy == RETRY_POLICY
        assert task.doc_md == TASKS[task.task_id]
    # An hour, and what comes before and after it.
    assert dag.get_task("train_model").execution_timeout == timedelta(minutes=75)
    assert dag.get_task("score_contender").execution_timeout == CONTENDER_ENDPOINT_AT_MOST


def test_the_tasks_of_each_are_called_after_it_in_airflows_pages(dag: DAG) -> None:
    for task_id in OWN[:2]:
        assert dag.get_task(task_id).map_index_template == "{{ task.plan['algorithm'] }}"
