import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from airflow.dag_processing.dagbag import DagBag
from airflow.providers.amazon.aws.operators.sagemaker import SageMakerEndpointOperator
from airflow.sdk import DAG, Asset

from include.operators.failures.retries import RETRY_POLICY
from include.operators.sagemaker.champion import (
    EndShadowOperator,
    PromoteModelOperator,
    RollBackModelOperator,
)
from include.pipeline.documents import config
from include.pipeline.documents.config import DATASETS, load_config
from include.pipeline.errors import ConfigError
from tests.project import PROJECT


@pytest.fixture
def datasets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copy(DATASETS / "bank_marketing.yaml", tmp_path)
    monkeypatch.setattr(config, "DATASETS", tmp_path)
    return tmp_path


def write(datasets: Path, **sections: Any) -> None:
    known = yaml.safe_load((DATASETS / "bank_marketing.yaml").read_text())
    (datasets / "churn.yaml").write_text(yaml.safe_dump(known | {"title": "Churn"} | sections))


def parsed(datasets: Path, **sections: Any) -> dict[str, DAG]:
    """Make the DAGs of a pipeline whose YAML has these sections; the other has none."""
    write(datasets, **sections)
    bag = DagBag(PROJECT / "dags" / "champion_serving.py", bundle_path=PROJECT, bundle_name="tests")
    assert not bag.import_errors
    assert set(bag.dags) == {"churn_serve", "churn_rollback"}
    return dict(bag.dags)


def test_an_accepted_model_starts_its_promotion_one_after_the_other(datasets: Path) -> None:
    dags = parsed(datasets, serve={"canary_seconds": 600, "keep_old_seconds": 0})
    dag = dags["churn_serve"]
    (task,) = dag.tasks
    assert isinstance(task, PromoteModelOperator)
    assert isinstance(task, SageMakerEndpointOperator)
    assert (dag.max_active_runs, task.retry_policy) == (1, RETRY_POLICY)
    assert list(dag.timetable.asset_condition.objects) == [Asset("churn_model", group="model")]
    assert task.outlets == [Asset("churn_champion", group="champion")]
    # Both baking periods, and those of an update that is waited out.
    assert task.execution_timeout is not None
    assert task.execution_timeout > timedelta(seconds=4 * 600)


def test_a_shadow_is_taken_away_whatever_becomes_of_the_promotion(datasets: Path) -> None:
    seconds = 3 * 3600
    without = parsed(datasets, serve={})["churn_serve"].get_task("promote_model").execution_timeout
    dag = parsed(datasets, serve={"shadow": {"seconds": seconds}})["churn_serve"]
    ended = dag.get_task("end_shadow")
    assert isinstance(ended, EndShadowOperator)
    assert ended.is_teardown
    assert ended.upstream_task_ids == {"promote_model"}
    # Airflow reads a run's state from its last tasks, the teardowns aside that do not fail it.
    assert not ended.on_failure_fail_dagrun
    assert dag.get_task("promote_model").downstream_task_ids == {"end_shadow"}
    longest = dag.get_task("promote_model").execution_timeout
    assert longest is not None
    assert without is not None
    # And the updates by which it begins and ends.
    assert longest > without + timedelta(seconds=seconds)


def test_where_a_person_decides_an_approved_model_starts_it(datasets: Path) -> None:
    sections = {"serve": {}, "registry": {"approval": "by a person"}}
    dag = parsed(datasets, **sections)["churn_serve"]
    approved = Asset("churn_approved_model", group="model")
    assert list(dag.timetable.asset_condition.objects) == [approved]
    bag = DagBag(PROJECT / "dags" / "model_registration.py", bundle_path=PROJECT, bundle_name="tests")
    (alias,) = bag.dags["churn_registry"].get_task("record_decision").outlets
    assert alias.name == approved.name


def test_the_way_back_is_by_hand(datasets: Path) -> None:
    dag = parsed(datasets, serve={})["churn_rollback"]
    (task,) = dag.tasks
    assert isinstance(task, RollBackModelOperator)
    assert not dag.timetable.can_be_scheduled
    assert dag.params["version"] is None


@pytest.mark.parametrize(
    "serve",
    [
        {"endpoint": "Champion_1"},
        {"canary_percent": 51},
        {"serverless": {"memory_mb": 1500}},
        {"alarms": ["mine"], "serverless": {}},
        {"keep_versions": 1},
        {"shadow": {"seconds": 0}},
        {"shadow": {}, "serverless": {}},
    ],
    ids=str,
)
def test_a_section_that_is_not_valid_is_refused(datasets: Path, serve: dict[str, Any]) -> None:
    write(datasets, serve=serve)
    with pytest.raises(ConfigError, match=next(iter(serve))):
        load_config("churn")


def test_no_pipeline_has_the_name_of_one_of_its_dags(datasets: Path) -> None:
    write(datasets, serve={})
    for suffix in ("_serve", "_rollback"):
        shutil.copy(datasets / "churn.yaml", datasets / f"churn{suffix}.yaml")
        with pytest.raises(ConfigError, match="of churn"):
            load_config(f"churn{suffix}")
