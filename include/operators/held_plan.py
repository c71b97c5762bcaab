"""The run's plan for the tasks that act on it, held to the hash of it that `plan_run` returned.

Each task works it out anew, from the Params that Airflow has, the names, the connection, the Variable of the
role and the pipeline's limits. Nothing that a task may buy, read, write or delete is taken from XCom alone.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from airflow.sdk import Variable

from include.airflow_names import CHECK_QUALITY, PLAN_RUN, SPLIT_DATA
from include.operators.connection import hook, s3_of
from include.operators.deployment import check_deployment, own_deployment_id
from include.operators.returned import SPLIT, Returned

if TYPE_CHECKING:
    from pydantic import BaseModel

    from include.pipeline.documents.config import PipelineConfig
    from include.pipeline.documents.plan import RunIdentity, RunPlan
    from include.pipeline.documents.split import Split
    from include.pipeline.source.policy import SourcePolicy


class HeldPlan(Returned):
    """A template that becomes the run's plan, or a member of it."""

    def resolve(self, context: Mapping[str, Any]) -> Any:
        """Fetch it, and hold it to the run.

        Raises:
            PlanError: It is not the run's.
            ParamError: The run is not within the limits of its pipeline.
            AirflowFailException: The run was not planned.
        """
        found = Returned(self.task_id).resolve(context)
        if self.members == ("key",):
            return own_key(found, context["dag_run"])
        if self.members == ("keep_endpoint",):
            # The Param's word: what a plan says may not keep a bill, and a fault in it not hinder a deletion.
            return context["params"]["keep_endpoint"] is True
        taken: Any = self.held(found, context).model_dump(mode="json")
        for member in self.members:
            taken = taken[member]
        return taken

    def held(self, found: dict[str, Any], context: Mapping[str, Any]) -> "BaseModel":
        """Hold what `plan_run` returned to the run, and give the plan."""
        return held_plan(found, dag_run=context["dag_run"], params=context["params"])


PLAN: Any = HeldPlan(PLAN_RUN)
"""A `RunPlan`."""


class _KeptAfterGate(Returned):
    def resolve(self, context: Mapping[str, Any]) -> bool:
        ti = context["ti"]
        states = ti.get_task_states(dag_id=ti.dag_id, run_ids=[ti.run_id]).get(ti.run_id, {})
        return is_kept(context["params"], states.get(self.task_id))


KEPT_AFTER_GATE: Any = _KeptAfterGate(CHECK_QUALITY)
"""Whether the run's endpoint stays, now that its gate has judged."""


def is_kept(params: Mapping[str, Any], gate: str | None) -> bool:
    """Tell whether a run's endpoint stays: where the Params say so, by themselves, and the model is accepted.

    Args:
        params: The run's, unchecked.
        gate: State of the task `check_quality`.
    """
    even_if_rejected = params.get("keep_rejected") is True
    return params.get("keep_endpoint") is True and (even_if_rejected or gate == "success")


class HeldTrainingRequest(HeldPlan):
    """A template that becomes the request of the job that trains, with what the run's rows have decided."""

    def resolve(self, context: Mapping[str, Any]) -> Any:
        """Fetch it from the plan, hold it to the run, and fill in what the plan could not know.

        Raises:
            PlanError: It is not the run's.
            ParamError: The run is not within the limits of its pipeline.
            AirflowFailException: The run was not planned, or its table not split.
            DocumentError: What the split told cannot be read.
        """
        from include.pipeline.planning.hyperparameters.request import filled_in, is_open

        request = super().resolve(context)
        return filled_in(request, self.split(context)) if is_open(request) else request

    def split(self, context: Mapping[str, Any]) -> "Split":
        """Read what the job trains on."""
        from include.pipeline.documents.split import Split

        return Split.read(SPLIT.resolve(context), SPLIT_DATA)


TRAINING_REQUEST: Any = HeldTrainingRequest(PLAN_RUN, ("training",))
"""The request of `CreateTrainingJob`."""
TUNING_REQUEST: Any = HeldTrainingRequest(PLAN_RUN, ("tuning",))
"""The request of `CreateHyperParameterTuningJob`."""


def held_plan(found: dict[str, Any], *, dag_run: Any, params: Any) -> "RunPlan":
    """Work the run's plan out again, and refuse one that differs.

    Args:
        found: What `plan_run` returned: a `PlanReference`, or, of an earlier version, a `RunPlan`.
        dag_run: Of the task that asks.
        params: Of the run.

    Raises:
        PlanError: It is not the run's.
        ParamError: The run is not within the limits of its pipeline.
        DocumentError: It cannot be read.
    """
    from include.pipeline.documents.config import load_config
    from include.pipeline.documents.plan import PlanReference, RunPlan
    from include.pipeline.planning.held_plan import hold_plan, hold_reference

    is_reference = "sha256" in found
    plan = (PlanReference if is_reference else RunPlan).read(found, PLAN_RUN)
    derived = plan_of(
        load_config(dag_run.dag_id),
        deployment_id=check_deployment(plan.identity.deployment_id),
        dag_run=dag_run,
        params=params,
        planned_at=plan.identity.planned_at,
        source_policy=None,  # what is downloaded is for download_data to hold
    )
    now = datetime.now(UTC)
    if isinstance(plan, PlanReference):
        return hold_reference(plan, derived, now, stored=partial(_stored, derived))
    return hold_plan(found, derived, now)


def _stored(derived: "RunPlan") -> bytes | None:
    from include.pipeline.aws.object_store import read_object

    s3 = s3_of(derived)
    try:
        return read_object(s3, derived.locations.plan)
    except (s3.exceptions.NoSuchKey, s3.exceptions.NoSuchBucket):
        return None


def plan_of(
    config: "PipelineConfig",
    *,
    deployment_id: str,
    dag_run: Any,
    params: Any,
    planned_at: datetime,
    source_policy: "SourcePolicy | None",
) -> "RunPlan":
    """Work out a run's plan from what Airflow has of it.

    Args:
        config: The pipeline's.
        deployment_id: Which Airflow; empty for a run that a version without deployments has planned.
        dag_run: The run.
        params: The run's, unchecked.
        planned_at: When it was planned.
        source_policy: Where data may come from; None where nothing is read from there.
    """
    from include.pipeline.planning.plan import make_plan

    return make_plan(
        params,
        identity=identity_of(dag_run, deployment_id=deployment_id, planned_at=planned_at),
        config=config,
        default_role=Variable.get("sagemaker_role", default=None),
        source_policy=source_policy,
        iam=lambda: hook("iam").conn,
    )


def identity_of(dag_run: Any, *, deployment_id: str, planned_at: datetime) -> "RunIdentity":
    """Tell which run this is, and where it works: in the account and region of the connection."""
    from include.pipeline.documents.plan import RunIdentity

    sts = hook("sts")
    return RunIdentity(
        deployment_id=deployment_id,
        dag_id=dag_run.dag_id,
        run_id=dag_run.run_id,
        account_id=sts.conn.get_caller_identity()["Account"],
        region=sts.conn_region_name or "",
        planned_at=planned_at,
        interval_start=dag_run.data_interval_start,
        interval_end=dag_run.data_interval_end,
    )


def own_key(found: Mapping[str, Any], dag_run: Any) -> str:
    """Work the run's key out again, whatever else its plan says.

    Raises:
        PlanError: The plan has another.
    """
    from include.pipeline.errors import PlanError
    from include.pipeline.planning.names import run_key

    key = run_key(own_deployment_id(), dag_run.dag_id, dag_run.run_id)
    of_before = run_key("", dag_run.dag_id, dag_run.run_id)
    if found.get("key") == of_before:
        return of_before
    if found.get("key") != key:
        raise PlanError(
            f"key = {found.get('key')!r} of the plan that plan_run returned",
            f"the run's names are {key}",
            "Find out who may write XComs; what the run made is deleted by verify_teardown",
        )
    return key
