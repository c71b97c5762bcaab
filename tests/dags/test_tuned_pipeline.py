"""The DAG of a pipeline whose YAML has `tune`: the chain of any other, with another training step."""

import shutil
from datetime import timedelta

import pytest
import yaml
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk import DAG

from include.operators.failures.retries import RETRY_POLICY
from include.operators.held_plan import TRAINING_REQUEST, TUNING_REQUEST
from include.operators.sagemaker.training import ResumableSageMakerTrainingOperator
from include.operators.sagemaker.tuning import ResumableSageMakerTuningOperator
from include.pipeline.documents import config
from include.pipeline.documents.config import DATASETS
from tests.pipeline.tuned import fields
from tests.project import PROJECT


@pytest.fixture(scope="module")
def dags(tmp_path_factory: pytest.TempPathFactory) -> dict[str, DAG]:
    """Those of bank_marketing, and of the example with a tuning job."""
    folder = tmp_path_factory.mktemp("datasets")
    shutil.copy(DATASETS / "bank_marketing.yaml", folder)
    (folder / "churn.yaml").write_text(yaml.safe_dump(fields()))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(config, "DATASETS", folder)
        bag = DagBag(PROJECT / "dags", bundle_path=PROJECT, bundle_name="tests")
    assert not bag.import_errors
    return dict(bag.dags)


def edges(dag: DAG) -> set[tuple[str, str]]:
    return {(task.task_id, after) for task in dag.tasks for after in task.downstream_task_ids}


def test_only_the_training_step_is_another(dags: dict[str, DAG]) -> None:
    assert edges(dags["churn"]) == edges(dags["bank_marketing"])
    tuned, alone = (dags[name].get_task("train_model") for name in ("churn", "bank_marketing"))
    assert isinstance(tuned, ResumableSageMakerTuningOperator)
    assert isinstance(alone, ResumableSageMakerTrainingOperator)
    assert (tuned.config, alone.config) == (TUNING_REQUEST, TRAINING_REQUEST)
    assert (tuned.trigger_rule, tuned.retry_policy, tuned.doc_md) == (
        alone.trigger_rule,
        RETRY_POLICY,
        alone.doc_md,
    )
    # Three training jobs, two at a time: each batch has its hour, and what comes before and after it.
    assert tuned.execution_timeout == timedelta(minutes=150)
    assert alone.execution_timeout == timedelta(minutes=75)
