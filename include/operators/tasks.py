"""The pipeline's own steps as Airflow tasks: each hands clients and plan to `include.pipeline`.

Imports stand in the tasks: pandas, scikit-learn and sagemaker would cost seconds at every parse of a DAG.
"""

import logging
from datetime import UTC, datetime
from typing import Any

from airflow.sdk import Variable, task
from airflow.sdk.exceptions import AirflowFailException, AirflowRuntimeError, AirflowSkipException

CONNECTION = "aws_default"

log = logging.getLogger(__name__)


# A data_url may carry a signature or a password: the log does not show what this returns.
@task(multiple_outputs=True, show_return_value_in_logs=False)
def plan_run(pipeline: str, dag_run: Any = None, params: Any = None) -> dict[str, Any]:
    """Check the Params and work out every name, place and request of the run.

    Args:
        pipeline: Names the YAML file in `include/datasets`.
        dag_run: Filled in by Airflow.
        params: Filled in by Airflow.

    Returns:
        A `RunPlan`; later tasks take single members of it.
    """
    from include.pipeline.config import load_config
    from include.pipeline.plan import RunIdentity, make_plan
    from include.pipeline.source_policy import SourcePolicy

    config = load_config(pipeline)
    sts = _hook("sts")
    plan = make_plan(
        params,
        identity=RunIdentity(
            dag_id=dag_run.dag_id,
            run_id=dag_run.run_id,
            account_id=sts.conn.get_caller_identity()["Account"],
            region=sts.conn_region_name or "",
            planned_at=datetime.now(UTC),
        ),
        config=config,
        default_role=Variable.get("sagemaker_role", default=None),
        source_policy=SourcePolicy.of_variables(
            local_folder=Variable.get("source_local_folder", default=None),
            http_hosts=Variable.get("source_http_hosts", default=None),
            max_bytes=config.max_source_bytes,
        ),
        iam=_hook("iam").conn,
    )
    return plan.model_dump(mode="json")


@task
def download_data(plan: dict[str, Any]) -> dict[str, Any]:
    """Copy the data to S3 under the name of its SHA-256, and the plan beside it.

    Returns:
        A `RawData`.
    """
    from include.pipeline.object_store import write_object
    from include.pipeline.plan import RunPlan
    from include.pipeline.source import fetch

    run, s3 = RunPlan.model_validate(plan), _hook("s3").conn
    write_object(s3, run.locations.plan, run.model_dump_json(indent=2).encode(), "application/json")
    raw = fetch(run.params.data_url, policy=run.source_policy, s3=s3, raw_uri=run.locations.raw)
    log.info("%d bytes from %s are at %s", raw.bytes, raw.url, raw.uri)
    return raw.model_dump(mode="json")


@task
def split_data(plan: dict[str, Any], raw: dict[str, Any]) -> dict[str, Any]:
    """Check the table, shuffle it, write the training rows and the test rows to S3.

    Returns:
        A `Split`.
    """
    from include.pipeline.dataset import split_to_s3
    from include.pipeline.plan import RunPlan

    run = RunPlan.model_validate(plan)
    split = split_to_s3(_hook("s3").conn, raw["uri"], run)
    log.info("%d rows to train on, %d to test on", split.train_rows, split.test_rows)
    return split.model_dump(mode="json")


@task
def evaluate_model(plan: dict[str, Any], split: dict[str, Any], training: dict[str, Any]) -> dict[str, Any]:
    """Score the test rows on the endpoint and compare the scores with their labels.

    Args:
        plan: A `RunPlan`.
        split: A `Split`.
        training: What the training task returned.

    Returns:
        The `Metrics`: the headline of metrics.json.
    """
    from include.pipeline.confusion_table import confusion_table
    from include.pipeline.dataset import Split
    from include.pipeline.evaluation import evaluate_endpoint
    from include.pipeline.metrics import Metrics
    from include.pipeline.plan import RunPlan

    evaluation = evaluate_endpoint(
        RunPlan.model_validate(plan),
        Split.model_validate(split),
        _training_job(training),
        s3=_hook("s3").conn,
        runtime=_hook("sagemaker-runtime").conn,
        logs=_hook("logs").conn,
    )
    for line in confusion_table(evaluation).splitlines():
        log.info("%s", line)
    return evaluation.model_dump(mode="json", include=set(Metrics.model_fields))


@task
def check_quality(
    plan: dict[str, Any],
    *,
    raw: dict[str, Any],
    split: dict[str, Any],
    training: dict[str, Any],
    ti: Any = None,
    outlet_events: Any = None,
) -> None:
    """Write the run's manifest; fail the run when the model is not good enough.

    What a good model is made of and what it is worth, the events of the task's assets tell.

    Args:
        plan: A `RunPlan`.
        raw: A `RawData`.
        split: A `Split`.
        training: What the training task returned.
        ti: Filled in by Airflow.
        outlet_events: Filled in by Airflow.
    """
    from include.pipeline import quality
    from include.pipeline.dataset import Split
    from include.pipeline.manifest import record_run
    from include.pipeline.plan import RunPlan
    from include.pipeline.source import RawData

    run = RunPlan.model_validate(plan)
    manifest = record_run(
        _hook("s3").conn,
        run,
        raw=RawData.model_validate(raw),
        split=Split.model_validate(split),
        training=_training_job(training),
    )
    quality.check_quality(manifest.metrics, run.params)
    for asset in ti.task.outlets:
        outlet_events[asset].extra = {
            "metrics": manifest.metrics.model_dump(mode="json"),
            "model": manifest.training.model_uri,
            "manifest": run.locations.manifest,
            "report": run.locations.report,
        }


@task
def write_report(plan: dict[str, Any], deletions: dict[str, dict[str, Any] | None]) -> str:
    """Draw report.html: what the model is worth, what it was made of, and what became of the endpoint.

    Args:
        plan: A `RunPlan`.
        deletions: A `Deletion` of each kind of resource; None where it was not deleted.

    Returns:
        Its URI.
    """
    from include.pipeline.deployed import Deletion, look_up_deployed
    from include.pipeline.manifest import read_manifest
    from include.pipeline.plan import RunPlan
    from include.pipeline.report.writing import write_report as write

    run, s3 = RunPlan.model_validate(plan), _hook("s3").conn
    manifest = read_manifest(s3, run)
    if manifest is None:
        raise AirflowSkipException("The model was not evaluated: there is nothing to report")
    found = {kind: Deletion.model_validate(deletion) for kind, deletion in deletions.items() if deletion}
    return write(s3, run, manifest, look_up_deployed(_hook("sagemaker").conn, run, found))


@task
def delete_data(plan: dict[str, Any]) -> list[str]:
    """Delete what the run stored on S3, where the Params ask for it."""
    from include.pipeline.cleanup import delete_run
    from include.pipeline.plan import RunPlan

    run = RunPlan.model_validate(plan)
    if not run.params.delete_data:
        raise AirflowSkipException(f"delete_data is not set: {run.locations.run} stays")
    deleted = delete_run(_hook("s3").conn, run.locations)
    log.info("Deleted %d objects of %s", len(deleted), run.locations.run)
    return deleted


@task
def verify_teardown(plan: dict[str, Any], dag_run: Any = None, ti: Any = None) -> None:
    """Fail the run when something of it is left that should be gone, whichever teardown missed it.

    Also where a user marked it as failed: Airflow skips what is pending then, leaves the run's state to its
    teardown, and would call it a success.
    """
    from include.pipeline.errors import CleanupError
    from include.pipeline.object_store import list_objects
    from include.pipeline.plan import RunPlan
    from include.pipeline.resources import ALL_KINDS, is_of_run
    from include.pipeline.tags import RunTags

    run, sagemaker = RunPlan.model_validate(plan), _hook("sagemaker").conn
    tags = RunTags(dag_id=run.identity.dag_id, run_id=run.identity.run_id, expires=None)
    left = []
    if not run.keep_endpoint:
        left += [f"{kind.title} {run.key}" for kind in ALL_KINDS if is_of_run(sagemaker, kind, run.key, tags)]
    if run.params.delete_data:
        left += list_objects(_hook("s3").conn, f"{run.locations.run}/")
    if left:
        raise CleanupError(
            f"{', '.join(left[:5])} ({len(left)} in all)",
            "a run leaves nothing that its Params do not keep",
            "Read why the teardown failed, mend it, and clear the tasks that delete",
        )
    states = ti.get_task_states(dag_id=dag_run.dag_id, run_ids=[dag_run.run_id])[dag_run.run_id]
    if states["write_report"] == "failed":
        raise AirflowFailException("The report could not be written. Read why in the task write_report.")
    if states["check_quality"] == "skipped" and "failed" in states.values():
        raise AirflowFailException("The run was marked as failed. Nothing of it is left.")


@task
def sweep_leftovers(ti: Any = None, params: Any = None) -> list[str]:
    """Take away what runs have left on SageMaker: of runs that are over, or after its expiry.

    A dry run, which only lists it, unless the Param `dry_run` or, where that is empty, the Variable
    `sagemaker_janitor_dry_run` says false.
    """
    from include.pipeline.janitor import sweep

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
        _hook("sagemaker").conn,
        now=datetime.now(UTC),
        is_over=is_over,
        dry_run=dry_run is not False,
        report=log.info,
    )
    return [str(leftover) for leftover in found]


def _training_job(training: dict[str, Any]) -> Any:
    from include.pipeline.training_job import TrainingJob

    return TrainingJob.describe(_hook("sagemaker").conn, training["Training"]["TrainingJobName"])


def _hook(client_type: str) -> Any:
    from airflow.providers.amazon.aws.hooks.base_aws import AwsBaseHook

    return AwsBaseHook(aws_conn_id=CONNECTION, client_type=client_type)
