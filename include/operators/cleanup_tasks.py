"""The tasks that take away what runs made, and see that it is gone.

Imports stand in the tasks, as in `tasks`.
"""

import logging
from datetime import UTC, datetime
from typing import Any

from airflow.sdk import Variable, task
from airflow.sdk.exceptions import AirflowFailException, AirflowRuntimeError, AirflowSkipException

from include.airflow_names import CHECK_QUALITY, PLAN_RUN, WRITE_REPORT
from include.operators.connection import hook

log = logging.getLogger(__name__)


@task
def delete_data(plan: dict[str, Any]) -> list[str]:
    """Delete what the run stored on S3, where the Params ask for it."""
    from include.pipeline.documents.plan import RunPlan
    from include.pipeline.teardown.cleanup import delete_run

    run = RunPlan.read(plan, PLAN_RUN)
    if not run.params.delete_data:
        raise AirflowSkipException(f"delete_data is not set: {run.locations.run} stays")
    deleted = delete_run(hook("s3").conn, run.locations)
    log.info("Deleted %d objects of %s", len(deleted), run.locations.run)
    return deleted


@task
def verify_teardown(plan: dict[str, Any], ti: Any = None) -> None:
    """Fail the run when something of it is left that should be gone, whichever teardown missed it.

    Also where a user marked it as failed: Airflow skips what is pending then, leaves the run's state to its
    teardown, and would call it a success.
    """
    from include.pipeline.aws.object_store import list_objects
    from include.pipeline.aws.resources import ALL_KINDS, is_of_run
    from include.pipeline.aws.tags import RunTags
    from include.pipeline.documents.plan import RunPlan
    from include.pipeline.errors import CleanupError

    run, sagemaker = RunPlan.read(plan, PLAN_RUN), hook("sagemaker").conn
    tags = RunTags(dag_id=run.identity.dag_id, run_id=run.identity.run_id, expires=None)
    left = []
    if not run.keep_endpoint:
        left += [f"{kind.title} {run.key}" for kind in ALL_KINDS if is_of_run(sagemaker, kind, run.key, tags)]
    if run.params.delete_data:
        left += list_objects(hook("s3").conn, f"{run.locations.run}/")
    if left:
        raise CleanupError(
            f"{', '.join(left[:5])} ({len(left)} in all)",
            "a run leaves nothing that its Params do not keep",
            "Read why the teardown failed, mend it, and clear the tasks that delete",
        )
    states = ti.get_task_states(dag_id=ti.dag_id, run_ids=[ti.run_id])[ti.run_id]
    if states[WRITE_REPORT] == "failed":
        raise AirflowFailException("The report could not be written. Read why in the task write_report.")
    if states[CHECK_QUALITY] == "skipped" and "failed" in states.values():
        raise AirflowFailException("The run was marked as failed. Nothing of it is left.")


@task
def sweep_leftovers(ti: Any = None, params: Any = None) -> list[str]:
    """Take away what runs have left on SageMaker: of runs that are over, or after its expiry.

    A dry run, which only lists it, unless the Param `dry_run` or, where that is empty, the Variable
    `sagemaker_janitor_dry_run` says false.
    """
    from include.pipeline.teardown.janitor import sweep

    dry_run = params["dry_run"]
    if dry_run is None:
        dry_run = Variable.get("sagemaker_janitor_dry_run", default=True, deserialize_json=True)

    def is_over(dag_id: str, run_id: str) -> bool:
        try:
            return ti.get_dagrun_state(dag_id, run_id) in {"success", "failed"}
        except AirflowRuntimeError:
            # A run that this Airflow does not know may be another's: its expiry decides.
            return False

    found = sweep(
        hook("sagemaker").conn,
        now=datetime.now(UTC),
        is_over=is_over,
        dry_run=dry_run is not False,
        report=log.info,
    )
    return [str(leftover) for leftover in found]
