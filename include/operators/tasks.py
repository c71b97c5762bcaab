"""The pipeline's own steps as Airflow tasks: each hands clients and plan to `include.pipeline`.

Imports stand in the tasks: pandas, scikit-learn and sagemaker would cost seconds at every parse of a DAG.
"""

import logging
from datetime import UTC, datetime
from functools import partial
from typing import Any

from airflow.sdk import task
from airflow.sdk.exceptions import AirflowSkipException

from include.airflow_names import (
    BUCKET,
    BUCKET_OWNER,
    CHECK_QUALITY,
    DATA,
    DEPLOYMENT_ID,
    DOWNLOAD_DATA,
    PLAN_RUN,
    SPLIT_DATA,
    SUMMARY,
)
from include.operators.connection import hook, s3_of
from include.operators.deployment import own_deployment_id
from include.operators.held_plan import plan_of
from include.operators.reuse import skip_for
from include.operators.source.access import mask_secrets_of, source_login, source_policy

log = logging.getLogger(__name__)


# What this returns is long, and the log has what matters of it.
@task(show_return_value_in_logs=False)
def plan_run(pipeline: str, dag_run: Any = None, params: Any = None, ti: Any = None) -> dict[str, Any]:
    """Check the Params and work out every name, place and request of the run, and what it costs.

    Args:
        pipeline: Names the YAML file in `include/datasets`.
        dag_run: Filled in by Airflow.
        params: Filled in by Airflow.
        ti: Filled in by Airflow.

    Returns:
        A `RunPlan`. Its deployment, its bucket and whose that has to be are XComs by themselves, too: the
        report's plugin reads them without the rest.
    """
    from include.pipeline.documents.config import load_config
    from include.pipeline.planning.cost import estimate_cost, told
    from include.pipeline.planning.image import xgboost_image

    mask_secrets_of(params)
    config = load_config(pipeline)
    policy = source_policy(config)
    plan = plan_of(
        config,
        deployment_id=own_deployment_id(),
        dag_run=dag_run,
        params=params,
        planned_at=datetime.now(UTC),
        source_policy=policy,
        image_of=xgboost_image,
    )
    if login := source_login(plan.params.source_connection, policy):
        login.check(plan.params.data_url)
    cost = estimate_cost(plan, s3_of(plan))
    for line in told(cost):
        log.info("%s", line)
    ti.xcom_push(DEPLOYMENT_ID, plan.identity.deployment_id)
    ti.xcom_push(BUCKET, plan.bucket)
    ti.xcom_push(BUCKET_OWNER, plan.own_bucket.owner)
    return plan.model_copy(update={"cost": cost}).model_dump(mode="json")


@task
def download_data(plan: dict[str, Any], params: Any = None, ti: Any = None) -> dict[str, Any]:
    """Copy the data to S3 under the name of its SHA-256, and the plan beside it.

    Args:
        plan: A `RunPlan`. Its `data_url` is without what signs it.
        params: Filled in by Airflow, which alone keeps the whole URL.
        ti: Filled in by Airflow.

    Returns:
        A `RawData`. Which file it is, is an XCom by itself, too.
    """
    from include.pipeline.documents.config import load_config
    from include.pipeline.documents.plan import RunPlan
    from include.pipeline.planning.plan import source_of, write_plan
    from include.pipeline.source.download import fetch

    mask_secrets_of(params)
    run = RunPlan.read(plan, PLAN_RUN)
    s3 = s3_of(run)
    write_plan(s3, run)
    # Read here, where it holds: what travels between tasks may be written by anybody who runs one.
    policy = source_policy(load_config(run.identity.dag_id))
    raw = fetch(
        source_of(params, run),
        policy=policy,
        s3=s3,
        raw_uri=run.locations.raw,
        login=source_login(run.params.source_connection, policy),
    )
    log.info("%d bytes from %s are at %s", raw.bytes, raw.url, raw.uri)
    ti.xcom_push(DATA, str(raw))
    return raw.model_dump(mode="json")


@task
def reuse_model(plan: dict[str, Any], raw: dict[str, Any]) -> dict[str, Any] | None:
    """Look for an accepted model of the same data and configuration, which need not be bought again.

    Returns:
        A `ReusedModel`, for which the steps until the gate are left out; None for a run that has to train.
    """
    from include.pipeline.documents.plan import RunPlan
    from include.pipeline.history import reuse
    from include.pipeline.history.provenance import is_made_by_its_run

    run = RunPlan.read(plan, PLAN_RUN)
    is_genuine = partial(is_made_by_its_run, hook("sagemaker").conn)
    reused = reuse.reuse_model(s3_of(run), run, raw["sha256"], is_genuine)
    log.info("%s", reused.reason if reused else "There is no model to use again")
    return reused.model_dump(mode="json") if reused else None


@task
def split_data(
    plan: dict[str, Any], raw: dict[str, Any], reused: dict[str, Any] | None, ti: Any = None
) -> dict[str, Any]:
    """Check the table, shuffle it, write the training rows and the test rows to S3.

    Returns:
        A `Split`: where a model is used again, that of its run.
    """
    from include.pipeline.data.split import split_to_s3
    from include.pipeline.documents.plan import RunPlan
    from include.pipeline.documents.raw_data import RawData

    if reused:
        skip_for(reused, ti, reused["split"])
    run = RunPlan.read(plan, PLAN_RUN)
    split = split_to_s3(s3_of(run), RawData.read(raw, DOWNLOAD_DATA), run)
    log.info("%d rows to train on, %d to test on", split.train_rows, split.test_rows)
    return split.model_dump(mode="json")


@task
def evaluate_model(
    plan: dict[str, Any],
    split: dict[str, Any],
    training: dict[str, Any],
    reused: dict[str, Any] | None,
    ti: Any = None,
) -> dict[str, Any]:
    """Score the test rows on the endpoint and compare the scores with their labels.

    Args:
        plan: A `RunPlan`.
        split: A `Split`.
        training: What the training task returned.
        reused: A `ReusedModel`, where there is one.
        ti: Filled in by Airflow.

    Returns:
        The `Metrics`: the headline of metrics.json. Where a model is used again, those of its run.
    """
    from include.pipeline.documents.plan import RunPlan
    from include.pipeline.documents.split import Split
    from include.pipeline.evaluation.confusion_table import confusion_table
    from include.pipeline.evaluation.evaluate import evaluate_endpoint

    if reused:
        skip_for(reused, ti, reused["metrics"])
    run = RunPlan.read(plan, PLAN_RUN)
    evaluation = evaluate_endpoint(
        run,
        Split.read(split, SPLIT_DATA),
        _training_job(training),
        s3=s3_of(run),
        runtime=hook("sagemaker-runtime").conn,
        logs=hook("logs").conn,
    )
    for line in confusion_table(evaluation, few_rows_shown=evaluation.few_rows_shown).splitlines():
        log.info("%s", line)
    return evaluation.headline.model_dump(mode="json")


@task
def check_quality(
    plan: dict[str, Any],
    *,
    raw: dict[str, Any],
    split: dict[str, Any],
    training: dict[str, Any],
    reused: dict[str, Any] | None,
    ti: Any = None,
    outlet_events: Any = None,
) -> None:
    """Write the run's manifest; fail the run when the model is not good enough, else list it as accepted.

    What a good model is made of and what it is worth, the events of the task's assets tell.

    Args:
        plan: A `RunPlan`.
        raw: A `RawData`.
        split: A `Split`.
        training: What the training task returned.
        reused: A `ReusedModel`, where there is one.
        ti: Filled in by Airflow.
        outlet_events: Filled in by Airflow.
    """
    from include.pipeline.documents.plan import RunPlan
    from include.pipeline.documents.raw_data import RawData
    from include.pipeline.documents.split import Split
    from include.pipeline.evaluation.evaluate import read_evaluation
    from include.pipeline.history import quality
    from include.pipeline.history.accepted import accept
    from include.pipeline.history.manifest import record_run

    run = RunPlan.read(plan, PLAN_RUN)
    s3 = s3_of(run)
    evaluation = read_evaluation(s3, run)
    manifest = record_run(
        s3,
        run,
        evaluation,
        raw=RawData.read(raw, DOWNLOAD_DATA),
        split=Split.read(split, SPLIT_DATA),
        training=_training_job(training),
        reused_from=reused["run_id"] if reused else None,
    )
    ti.xcom_push(SUMMARY, str(manifest))
    for line in quality.check_quality(evaluation, run.params):
        log.info("%s", line)
    accept(s3, run, manifest)
    log.info("%s", manifest)
    for asset in ti.task.outlets:
        outlet_events[asset].extra = {
            "summary": str(manifest),
            "metrics": manifest.metrics.model_dump(mode="json"),
            "model": manifest.training.model_uri,
            "manifest": run.locations.manifest,
            "report": run.locations.report,
            "reused_from": manifest.reused_from,
        }


@task
def write_report(plan: dict[str, Any], deletions: dict[str, dict[str, Any] | None], ti: Any = None) -> str:
    """Draw report.html: what the model is worth, what it was made of, and what became of the endpoint.

    Args:
        plan: A `RunPlan`.
        deletions: A `Deletion` of each kind of resource; None where it was not deleted.
        ti: Filled in by Airflow.

    Returns:
        Its URI.
    """
    from include.pipeline.documents.deployed import Deletion
    from include.pipeline.documents.plan import RunPlan
    from include.pipeline.history.manifest import read_manifest
    from include.pipeline.report.writing import write_report as write
    from include.pipeline.teardown.deployed import look_up_deployed

    run = RunPlan.read(plan, PLAN_RUN)
    s3 = s3_of(run)
    states = ti.get_task_states(dag_id=ti.dag_id, run_ids=[ti.run_id])[ti.run_id]
    # A run may have been evaluated before it was cleared: its manifest is that of then.
    is_judged = states[CHECK_QUALITY] in {"success", "failed"}
    manifest = read_manifest(s3, run) if is_judged else None
    if manifest is None:
        raise AirflowSkipException("The model was not evaluated: there is nothing to report")
    found = {kind: Deletion.read(deletion, kind) for kind, deletion in deletions.items() if deletion}
    return write(s3, run, manifest, look_up_deployed(hook("sagemaker").conn, run, found))


def _training_job(training: dict[str, Any]) -> Any:
    from include.pipeline.documents.training_job import CompletedTrainingJob

    return CompletedTrainingJob.describe(hook("sagemaker").conn, training["Training"]["TrainingJobName"])
