"""The tasks that take away what runs made, and see that it is gone.

Imports stand in the tasks, as in `tasks`.
"""

import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from airflow.sdk import Variable, task
from airflow.sdk.exceptions import AirflowFailException

from include.airflow_names import CHECK_QUALITY, DELETE_DATA, LEFTOVERS, PLAN_RUN, WRITE_REPORT
from include.operators.connection import hook, janitors_connection, s3_of
from include.operators.deployment import check_deployment, own_deployment_id
from include.operators.failures.left_out import LeftOutError
from include.operators.held_plan import held_plan, is_kept
from include.operators.returned import document_task
from include.operators.run_states import is_over, why_in_use

if TYPE_CHECKING:
    from include.pipeline.aws.tags import RunTags
    from include.pipeline.teardown.cleanup import DeletedData

log = logging.getLogger(__name__)

_LONGEST_PAUSE = 15  # seconds
ACTIONS = AS_THE_VARIABLE_SAYS, LIST_ONLY, DELETE = ("as the Variable says", "list only", "delete")
"""What the janitor's form offers."""


@document_task
def delete_data(plan: dict[str, Any]) -> dict[str, Any]:
    """Delete what the run stored on S3, in every version, where the Params ask for it.

    Returns:
        A `DeletedData`.
    """
    from include.pipeline.documents.plan import RunPlan

    run = RunPlan.read(plan, PLAN_RUN)
    if not run.params.delete_data:
        raise LeftOutError(f"delete_data is not set: {run.locations.run} stays")
    return _delete_data(run).model_dump(mode="json")


@task
def verify_teardown(
    plan: dict[str, Any] | None, ti: Any = None, dag_run: Any = None, params: Any = None
) -> None:
    """Take away what the teardown has missed, and fail the run where something stays or it was ended by hand.

    Missed is, for one, what a task made after a user had marked it as failed, or the job of one that waited
    for its next try. A green run is one whose gate has passed: Airflow skips what is pending in a run that a
    user ends, and would call the run a success.

    Args:
        plan: A `PlanReference`, as it came; None where the run was not planned.
        ti: Filled in by Airflow, and what follows too.
        dag_run: The run.
        params: The run's.
    """
    own = sweep_run(plan, ti)
    states = ti.get_task_states(dag_id=ti.dag_id, run_ids=[ti.run_id])[ti.run_id]
    gate, report = states.get(CHECK_QUALITY), states.get(WRITE_REPORT)
    if plan:
        run = held_plan(plan, dag_run=dag_run, params=params)
        kept = is_kept(params, gate)
        if run.keep_endpoint and not kept:
            _delete_rejected(run, own)
        # The task that deletes may have been ended in the middle.
        if run.params.delete_data and states.get(DELETE_DATA) == "failed":
            _delete_data(run)
        _refuse_remains(run, own, is_kept=kept)
    if report == "failed":
        raise AirflowFailException("The report could not be written. Read why in the task write_report.")
    # A gate that has failed, fails the run by itself.
    if gate not in {"failed", "upstream_failed"} and (gate, report) != ("success", "success"):
        raise AirflowFailException(
            f"The run was ended by hand: check_quality is {gate}, write_report is {report}. "
            "Only a run whose model has passed the gate is a success. What it made on SageMaker is deleted, "
            "except what its Params keep. Clear the run to do it again."
        )


def sweep_run(plan: dict[str, Any] | None, ti: Any) -> "RunTags":
    """Delete what the run of a task has left on SageMaker, and stop its jobs.

    By their names and tags, as a run that was cleared may have something and yet no plan.

    Args:
        plan: The run's, as it came; None where the run was not planned.
        ti: The task instance.

    Returns:
        The tags of the run.

    Raises:
        OwnerError: Another Airflow has planned the run.
        ClientError: AWS refused a deletion.
    """
    from include.pipeline.aws.tags import RunTags
    from include.pipeline.planning.names import part_of_all_names, run_key
    from include.pipeline.teardown.janitor import sweep

    # Of the plan no more than this is read here: the sweep comes before what may fail.
    planned = plan["identity"].get("deployment_id", "") if plan else own_deployment_id()
    deployment_id = check_deployment(planned)
    own = RunTags(deployment_id=deployment_id, dag_id=ti.dag_id, run_id=ti.run_id, expires=None)
    sweep(
        hook("sagemaker").conn,
        now=datetime.now(UTC),
        deployment_id=deployment_id,
        is_over=own.is_same_run,
        dry_run=False,
        report=log.info,
        named=part_of_all_names(run_key(deployment_id, ti.dag_id, ti.run_id)),
    )
    return own


@document_task
def sweep_leftovers(ti: Any = None, params: Any = None) -> list[str]:
    """Take away what runs have left on SageMaker: of runs that are over, or after its expiry.

    Whether it only lists them or deletes them, the Variable `sagemaker_janitor_dry_run` says, which is for
    administrators to write. The Param `action` can ask for a list all the same; a deletion that the Variable
    does not allow is refused.

    Returns:
        The leftovers, a line each.
    """
    from include.pipeline.teardown.janitor import sweep

    only_lists = _only_lists(params)
    found = sweep(
        hook("sagemaker", janitors_connection()).conn,
        now=datetime.now(UTC),
        deployment_id=own_deployment_id(),
        is_over=lambda run: is_over(ti, run),
        why_in_use=lambda run: why_in_use(ti, run),
        dry_run=only_lists,
        report=log.info,
    )
    billed = [
        {
            "dag_id": each.run.dag_id,
            "name": f"{each.kind} {each.name}",
            "line": str(each),
            "is_there": only_lists,
        }
        for each in found
        if each.usd_per_day != 0
    ]
    ti.xcom_push(LEFTOVERS, billed)
    return [str(leftover) for leftover in found]


@task
def delete_kept_endpoint(params: Any = None) -> str:
    """Delete the endpoint that the form names, with its configuration and model, or list what is kept.

    Returns:
        What was deleted, in a line.
    """
    from include.pipeline.teardown.kept import delete_kept, kept_endpoints, sum_up

    sagemaker = hook("sagemaker", janitors_connection()).conn
    kept = kept_endpoints(sagemaker, own_deployment_id())
    for each in kept:
        log.info("%s", each)
    if not (name := (params["endpoint"] or "").strip()):
        raise LeftOutError(f"The form named no endpoint: nothing was deleted; {sum_up(kept)}")
    deleted = f"Deleted, with its configuration and its model: {delete_kept(sagemaker, name, kept)}"
    log.info("%s", deleted)
    return deleted


def _only_lists(params: Any) -> bool:
    from include.pipeline.errors import ParamError

    may_delete = Variable.get("sagemaker_janitor_dry_run", default=True, deserialize_json=True) is False
    # A switch of earlier versions: what it asked for must not be passed over.
    if "dry_run" in params:
        raise ParamError(
            f"dry_run = {params['dry_run']!r}",
            f"the Param is action, one of: {', '.join(ACTIONS)}",
            "Trigger the DAG with action",
        )
    if params["action"] == DELETE and not may_delete:
        raise ParamError(
            f"action = {DELETE!r}, and the Variable sagemaker_janitor_dry_run does not say false",
            "an administrator has to allow deletions",
            "Set the Variable: airflow variables set sagemaker_janitor_dry_run false",
        )
    return not may_delete or params["action"] == LIST_ONLY


def _delete_rejected(run: Any, own: Any) -> None:
    # Its tags say that it is to be kept: no sweep takes it away.
    from include.pipeline.aws.resources import ALL_KINDS, delete, is_of_run

    sagemaker = hook("sagemaker").conn
    for kind in ALL_KINDS:
        if is_of_run(sagemaker, kind, run.key, own):
            log.info("Removing %s %s: its model has not passed the gate", kind.title, run.key)
            delete(sagemaker, kind, run.key, _LONGEST_PAUSE)


def _delete_data(run: Any) -> "DeletedData":
    from include.pipeline.aws.tags import RunTags
    from include.pipeline.teardown.cleanup import delete_run

    owner = RunTags.of_request(run.training) if run.own_bucket.is_of_account else None
    deleted = delete_run(s3_of(run), run.locations, owner)
    log.info("%s: %s", run.locations.run, deleted)
    return deleted


def _refuse_remains(run: Any, own: Any, *, is_kept: bool) -> None:
    from include.pipeline.aws.resources import ALL_KINDS, is_of_run
    from include.pipeline.errors import CleanupError
    from include.pipeline.teardown.cleanup import find_data

    sagemaker = hook("sagemaker").conn
    left = [
        f"{kind.title} {name}"
        for name in run.keys
        # What several algorithms were scored on is never kept.
        if not is_kept or name != run.key
        for kind in ALL_KINDS
        if is_of_run(sagemaker, kind, name, own)
    ]
    if run.params.delete_data:
        left += [str(stored) for stored in find_data(s3_of(run), run.locations)]
    if left:
        raise CleanupError(
            f"{', '.join(left[:5])} ({len(left)} in all)",
            "a run leaves nothing that its Params do not keep",
            "Read why the teardown failed, mend it, and clear the tasks that delete",
        )
