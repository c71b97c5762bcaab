"""The DAG of a pipeline whose YAML has `tune`: the chain of any other, with another training step."""

from datetime import timedelta

import pytest
from airflow.sdk import DAG

from include.operators.failures.retries import RETRY_POLICY
from include.operators.held_plan import TRAINING_REQUEST, TUNING_REQUEST
from include.operators.sagemaker.training import ResumableSageMakerTrainingOperator
from include.operators.sagemaker.tuning import ResumableSageMakerTuningOperator
from tests.dags.changed_churn import edges, parsed
from tests.pipeline.tuned import fields


@pytest.fixture(scope="module")
def dags(tmp_path_factory: pytest.TempPathFactory) -> dict[str, DAG]:
    """Those of bank_marketing, and of the example with a tuning job."""
    return parsed(tmp_path_factory.mktemp("datasets"), fields())


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
