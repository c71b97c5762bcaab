"""The plan of a run that scores new rows, taken from XCom, and held to what the run's own Params give."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from airflow.sdk import Variable

from include.airflow_names import PLAN_RUN
from include.operators.connection import hook
from include.operators.deployment import check_deployment
from include.operators.held_plan import HeldPlan, identity_of
from include.pipeline.documents.scoring.settings import SCORE

if TYPE_CHECKING:
    from include.pipeline.documents.scoring.plan import ScorePlan
    from include.pipeline.source.policy import SourcePolicy


class HeldScorePlan(HeldPlan):
    """A template that becomes the run's `ScorePlan`, or a member of it."""

    def held(self, found: dict[str, Any], context: Mapping[str, Any]) -> "ScorePlan":
        """Hold what `plan_run` returned to the run, and give the plan."""
        return held_score_plan(found, dag_run=context["dag_run"], params=context["params"])


SCORE_PLAN: Any = HeldScorePlan(PLAN_RUN)
"""A `ScorePlan`."""


def held_score_plan(found: dict[str, Any], *, dag_run: Any, params: Any) -> "ScorePlan":
    """Work the run's plan out again, and refuse one that differs.

    Args:
        found: A `ScorePlan`, as `plan_run` returned it.
        dag_run: Of the task that asks.
        params: Of the run.

    Raises:
        PlanError: It is not the run's.
        ParamError: The run is not within the limits of its pipeline.
        DocumentError: It cannot be read.
    """
    from include.pipeline.documents.scoring.plan import ScorePlan
    from include.pipeline.scoring.planning import hold_score_plan

    identity = ScorePlan.read(found, PLAN_RUN).identity
    derived = score_plan_of(
        deployment_id=check_deployment(identity.deployment_id),
        dag_run=dag_run,
        params=params,
        planned_at=identity.planned_at,
        source_policy=None,  # what is downloaded is for download_data to hold
    )
    return hold_score_plan(found, derived, datetime.now(UTC))


def score_plan_of(
    *,
    deployment_id: str,
    dag_run: Any,
    params: Any,
    planned_at: datetime,
    source_policy: "SourcePolicy | None",
) -> "ScorePlan":
    """Work out a run's plan from what Airflow has of it.

    Args:
        deployment_id: Which Airflow.
        dag_run: The run.
        params: The run's, unchecked.
        planned_at: When it was planned.
        source_policy: Where rows may come from; None where nothing is read from there.
    """
    from include.pipeline.documents.config import load_config
    from include.pipeline.scoring.planning import make_score_plan

    pipeline = dag_run.dag_id.removesuffix(SCORE)
    return make_score_plan(
        params,
        identity=identity_of(dag_run, deployment_id=deployment_id, planned_at=planned_at),
        pipeline=pipeline,
        config=load_config(pipeline),
        default_role=Variable.get("sagemaker_role", default=None),
        source_policy=source_policy,
        iam=lambda: hook("iam").conn,
    )
