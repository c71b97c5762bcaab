"""The DAG of a pipeline whose large tables a processing job splits: the chain of any other."""

from datetime import timedelta

import pytest
from airflow.sdk import DAG

from include.operators.failures.retries import RETRY_POLICY
from include.operators.held_plan import PLAN
from include.operators.sagemaker.processing import SplitDataOperator
from tests.dags.changed_churn import edges, parsed
from tests.pipeline.split_jobs import PROCESSING, fields


@pytest.fixture(scope="module")
def dags(tmp_path_factory: pytest.TempPathFactory) -> dict[str, DAG]:
    """Those of bank_marketing, and of the example with a processing job."""
    return parsed(tmp_path_factory.mktemp("datasets"), fields())


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
