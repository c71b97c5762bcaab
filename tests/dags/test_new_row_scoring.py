import shutil
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk import DAG, Asset

from include.operators.dag.trigger_form import trigger_form
from include.operators.failures.retries import RETRY_POLICY
from include.operators.sagemaker.transform import ResumableSageMakerTransformOperator
from include.pipeline.documents import config
from include.pipeline.documents.config import DATASETS, load_config
from include.pipeline.documents.scoring.params import ScoreParams
from include.pipeline.errors import ConfigError
from tests.project import PROJECT

CHAIN = [
    "plan_run",
    "download_data",
    "choose_model",
    "encode_rows",
    "score_rows",
    "write_predictions",
    "delete_model",
    "verify_teardown",
]
SCORE: dict[str, Any] = {"data_url": "https://example.com/new.csv", "schedule": "0 7 1 * *", "top": 500}


def write(datasets: Path, name: str, **fields: Any) -> None:
    known = yaml.safe_load((DATASETS / "bank_marketing.yaml").read_text())
    (datasets / f"{name}.yaml").write_text(yaml.safe_dump(known | fields))


@pytest.fixture(autouse=True)
def datasets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One pipeline that scores, and one that does not."""
    shutil.copy(DATASETS / "bank_marketing.yaml", tmp_path)
    write(tmp_path, "churn", title="Churn", score=SCORE)
    monkeypatch.setattr(config, "DATASETS", tmp_path)
    return tmp_path


def parsed() -> dict[str, DAG]:
    bag = DagBag(PROJECT / "dags" / "new_row_scoring.py", bundle_path=PROJECT, bundle_name="tests")
    assert not bag.import_errors
    return dict(bag.dags)


def test_only_a_pipeline_whose_yaml_says_so_has_a_dag_that_scores() -> None:
    dags = parsed()
    assert set(dags) == {"churn_score"}
    dag = dags["churn_score"]
    assert dag.dag_display_name == "Churn: score"
    assert dag.timetable.expression == "0 7 1 * *"
    assert dag.max_active_runs == 1
    assert not dag.catchup


def test_its_job_takes_a_slot_of_the_pool_that_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    pools = {task.task_id: task.pool for task in parsed()["churn_score"].tasks}
    assert set(pools.values()) == {"default_pool"}
    monkeypatch.setenv("PIPELINE_JOB_POOL", "sagemaker_jobs")
    named = {task.task_id: task.pool for task in parsed()["churn_score"].tasks}
    assert named == pools | {"score_rows": "sagemaker_jobs"}


def test_its_tasks_are_a_chain_whose_end_takes_the_model_away_whatever_failed() -> None:
    dag = parsed()["churn_score"]
    edges = {(task.task_id, after) for task in dag.tasks for after in task.downstream_task_ids}
    assert edges == {*pairwise(CHAIN), ("plan_run", "delete_model")}
    assert {task.task_id for task in dag.tasks if task.is_setup} == {"plan_run"}
    assert {task.task_id for task in dag.tasks if task.is_teardown} == {"delete_model", "verify_teardown"}
    assert dag.get_task("verify_teardown").on_failure_fail_dagrun
    assert {task.task_id for task in dag.tasks if task.trigger_rule == "none_failed"} == {
        "score_rows",
        "write_predictions",
    }
    (written,) = (task for task in dag.tasks if task.outlets)
    assert written.outlets == [Asset("churn_predictions", group="predictions")]


def test_each_task_is_bounded_and_the_job_is_given_time_to_be_stopped() -> None:
    dag = parsed()["churn_score"]
    for task in dag.tasks:
        assert task.retry_policy == RETRY_POLICY
        assert task.execution_timeout is not None
    job = dag.get_task("score_rows")
    assert isinstance(job, ResumableSageMakerTransformOperator)
    assert job.execution_timeout is not None
    assert job.execution_timeout.total_seconds() == 3600 + 900


def test_its_form_asks_within_the_limits_of_the_pipeline() -> None:
    own = load_config("churn")
    form = trigger_form(ScoreParams.defaults(own), own.limits)
    assert {name: param.value for name, param in form.items()} == {
        "data_url": SCORE["data_url"],
        "source_connection": None,
        "model": None,
        "top": 500,
        "top_fraction": None,
        "bucket": None,
        "bucket_owner": None,
        "role": None,
        "instance_type": "ml.m5.large",
        "instance_count": 1,
    }
    assert form["instance_type"].schema["enum"] == list(own.limits.instance_types or ())
    assert form["instance_count"].schema["maximum"] == own.limits.max_endpoint_instances


@pytest.mark.parametrize(
    ("score", "fault"),
    [
        ({"schedule": "@daily"}, "schedule: needs data_url"),
        ({"top": 3, "top_fraction": 0.1}, "one of the two"),
        ({"top_fraction": 2}, "top_fraction"),
        ({"threshold": 0.1}, "threshold"),
    ],
    ids=["no rows", "two tops", "too much", "unknown"],
)
def test_a_section_that_is_not_valid_is_refused_by_name(
    datasets: Path, score: dict[str, Any], fault: str
) -> None:
    write(datasets, "churn", score=score)
    with pytest.raises(ConfigError, match=fault):
        load_config("churn")


def test_a_pipeline_does_not_take_the_name_of_the_dag_that_scores_for_another(datasets: Path) -> None:
    write(datasets, "churn_score")
    with pytest.raises(ConfigError, match="scores new rows by the model of churn"):
        load_config("churn_score")
    write(datasets, "credit_score")
    assert load_config("credit_score")
