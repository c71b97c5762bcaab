"""Pipelines whose YAML has `tune`, and plans of them."""

from typing import Any

from include.pipeline.documents.config import PipelineConfig
from include.pipeline.documents.plan import RunPlan
from tests.pipeline.churn_fields import churn_fields
from tests.pipeline.planned import plan_of

TUNE: dict[str, Any] = {
    "ranges": {
        "max_depth": {"min": 2, "max": 6},
        "eta": {"min": 0.05, "max": 0.5, "scale": "logarithmic"},
    },
    "max_jobs": 3,
    "parallel": 2,
    "strategy": "random",
}


def fields(tune: Any = TUNE, **others: Any) -> dict[str, Any]:
    """The fields of the example `churn`, with a tuning job that chooses what TUNE has ranges for."""
    found = churn_fields()
    params = found["params"]
    given = {name: value for name, value in params["hyperparameters"].items() if name not in TUNE["ranges"]}
    return found | {"params": params | {"hyperparameters": given}, "tune": tune} | others


TUNED = PipelineConfig.model_validate(fields())


def plan_of_tuned(config: PipelineConfig = TUNED, **params: Any) -> RunPlan:
    """Plan a run of the example with a tuning job."""
    return plan_of(params, config=config, dag_id="churn")
