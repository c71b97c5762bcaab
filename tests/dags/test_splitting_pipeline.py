"""The DAG of a pipeline whose large tables a processing job splits: the chain of any other."""

import shutil
from datetime import timedelta

import pytest
import yaml
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk import DAG

from include.operators.failures.retries import RETRY_POLICY
from include.operators.held_plan import PLAN
from include.operators.sagemaker.processing import SplitDataOperator
from include.pipeline.documents import config
from include.pipeline.documents.config import DATASETS
from tests.pipeline.split_jobs import PROCESSING, fields
from tests.project import PROJECT


@pytest.fixture(scope="module")
def dags(tmp_path_factory: pytest.TempPathFactory) -> dict[str, DAG]:
    """Those of bank_marketing, and of the example with a processing job."""
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


def test_only_the_split_is_another(dags: dict[str, DAG]) -> None:
    assert edges(dags["churn"]) == edges(dags["bank_marketing"])
    split, on_worker = (dags[name].get_task("split_data") for name in ("churn", "bank_marketing"))
    assert isinstance(split, SplitDataOperator)
    assert not isinstance(on_worker, SplitDataOperator)
    assert split.config == PLAN["processing"]
    assert (split.above_bytes, split.max_bytes) == (PROCESSING["above_bytes"], 100_000_000)
    assert (split.trigger_rule, split.retry_policy, split.doc_md) == (
        on_worker.trigger_rule,
        RETRY_POLICY,
        on_worker.doc_md,
    )
    # The job has its hour, and what comes before and after it.
    assert split.execution_timeout == timedelta(minutes=75)
