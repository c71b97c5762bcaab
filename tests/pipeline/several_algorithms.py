"""Pipelines whose YAML has `algorithms`, and plans of them."""

from typing import Any

from include.pipeline.documents.config import PipelineConfig
from include.pipeline.documents.plan import RunPlan
from tests.pipeline.churn_fields import churn_fields
from tests.pipeline.planned import plan_of

THREE: list[dict[str, Any]] = [
    {"name": "xgboost"},
    {"name": "linear-learner", "hyperparameters": {"positive_example_weight_mult": "balanced"}},
    {"name": "knn", "hyperparameters": {"k": 15}},
]


def fields(algorithms: Any = THREE, **others: Any) -> dict[str, Any]:
    """The fields of the example `churn`, with several algorithms."""
    return churn_fields() | {"algorithms": algorithms} | others


CHURN = PipelineConfig.model_validate(fields())


def plan_of_three(config: PipelineConfig = CHURN, **params: Any) -> RunPlan:
    """Plan a run of the example with three algorithms."""
    return plan_of(params, config=config, dag_id="churn")
