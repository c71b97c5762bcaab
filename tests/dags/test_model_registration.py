import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from airflow.dag_processing.dagbag import DagBag
from airflow.providers.amazon.aws.operators.sagemaker import SageMakerRegisterModelVersionOperator
from airflow.providers.amazon.aws.utils.sagemaker import ApprovalStatus
from airflow.providers.standard.operators.hitl import HITLOperator
from airflow.sdk import DAG, Asset

from include.operators.failures.retries import RETRY_POLICY
from include.pipeline.documents import config
from include.pipeline.documents.config import DATASETS, load_config
from include.pipeline.errors import ConfigError
from tests.project import PROJECT


@pytest.fixture
def datasets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copy(DATASETS / "bank_marketing.yaml", tmp_path)
    monkeypatch.setattr(config, "DATASETS", tmp_path)
    return tmp_path


def parsed(datasets: Path, registry: dict[str, Any]) -> DAG:
    """Make the DAG of a pipeline whose YAML has this section; the other has none."""
    known = yaml.safe_load((DATASETS / "bank_marketing.yaml").read_text())
    (datasets / "churn.yaml").write_text(yaml.safe_dump(known | {"title": "Churn", "registry": registry}))
    bag = DagBag(PROJECT / "dags" / "model_registration.py", bundle_path=PROJECT, bundle_name="tests")
    assert not bag.import_errors
    assert set(bag.dags) == {"churn_registry"}
    return bag.dags["churn_registry"]


def test_an_accepted_model_starts_it_and_is_approved_at_once(datasets: Path) -> None:
    dag = parsed(datasets, {})
    (task,) = dag.tasks
    assert isinstance(task, SageMakerRegisterModelVersionOperator)
    assert task.model_approval == ApprovalStatus.APPROVED
    assert task.retry_policy == RETRY_POLICY
    assert list(dag.timetable.asset_condition.objects) == [Asset("churn_model", group="model")]


def test_a_person_is_asked_and_whoever_does_not_answer_in_time_has_rejected(datasets: Path) -> None:
    dag = parsed(datasets, {"approval": "by a person", "answer_within_days": 3})
    assert [task.task_id for task in dag.tasks] == ["register_model", "approve_model", "record_decision"]
    assert dag.get_task("register_model").model_approval == ApprovalStatus.PENDING_MANUAL_APPROVAL
    asks = dag.get_task("approve_model")
    assert isinstance(asks, HITLOperator)
    assert (asks.options, asks.defaults) == (["Approve", "Reject"], ["Reject"])
    assert (asks.response_timeout, asks.execution_timeout) == (timedelta(days=3), None)
    assert asks.downstream_task_ids == {"record_decision"}


@pytest.mark.parametrize(
    "registry", [{"approval": "by nobody"}, {"group": "-x"}, {"answer_within_days": 0}], ids=str
)
def test_a_section_that_is_not_valid_is_refused(datasets: Path, registry: dict[str, Any]) -> None:
    known = yaml.safe_load((DATASETS / "bank_marketing.yaml").read_text())
    (datasets / "churn.yaml").write_text(yaml.safe_dump(known | {"registry": registry}))
    with pytest.raises(ConfigError, match=f"registry.{next(iter(registry))}"):
        load_config("churn")
