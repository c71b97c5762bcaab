"""The steps that score new rows as Airflow tasks: clients and plan go to `include.pipeline.scoring`.

Imports stand in the tasks, as in `include.operators.tasks`.
"""

import logging
from datetime import UTC, datetime
from typing import Any

from airflow.sdk import task
from airflow.sdk.exceptions import AirflowFailException

from include.airflow_names import (
    BUCKET,
    BUCKET_OWNER,
    CHANGES,
    CHOOSE_MODEL,
    DATA,
    DEPLOYMENT_ID,
    DOWNLOAD_DATA,
    ENCODE_ROWS,
    PLAN_RUN,
    SCORE_ROWS,
    SUMMARY,
    WRITE_PREDICTIONS,
)
from include.operators.cleanup_tasks import sweep_run
from include.operators.connection import hook, s3_of
from include.operators.deployment import own_deployment_id
from include.operators.returned import Returned, document_task
from include.operators.reuse import skip_for
from include.operators.scoring.held_plan import score_plan_of
from include.operators.source.access import mask_secrets_of, source_login, source_policy

log = logging.getLogger(__name__)

# Any, as Airflow puts the value in their place before a task sees them.
CHOSEN: Any = Returned(CHOOSE_MODEL)
"""`model`, a `ScoringModel`; `reused`, `ScoredRows` with a `reason`, or None."""
ENCODED: Any = Returned(ENCODE_ROWS)
"""An `EncodedRows`."""
JOB: Any = Returned(SCORE_ROWS, may_be_absent=True)
"""The transform job, as `DescribeTransformJob` tells it, under `Transform`; None where none was needed."""


@document_task
def plan_run(dag_run: Any = None, params: Any = None, ti: Any = None) -> dict[str, Any]:
    """Check the Params and work out every name, place and request of the run.

    Args:
        dag_run: Filled in by Airflow.
        params: Filled in by Airflow.
        ti: Filled in by Airflow.

    Returns:
        A `ScorePlan`. What the report's plugin reads of it are XComs by themselves, too.
    """
    from include.pipeline.documents.config import load_config
    from include.pipeline.documents.scoring.settings import SCORE

    mask_secrets_of(params)
    policy = source_policy(load_config(dag_run.dag_id.removesuffix(SCORE)))
    plan = score_plan_of(
        deployment_id=own_deployment_id(),
        dag_run=dag_run,
        params=params,
        planned_at=datetime.now(UTC),
        source_policy=policy,
    )
    if login := source_login(plan.params.source_connection, policy):
        login.check(plan.data_url)
    ti.xcom_push(DEPLOYMENT_ID, plan.identity.deployment_id)
    ti.xcom_push(BUCKET, plan.bucket)
    ti.xcom_push(BUCKET_OWNER, plan.own_bucket.owner)
    return plan.model_dump(mode="json")


@document_task
def download_data(plan: dict[str, Any], params: Any = None, ti: Any = None) -> dict[str, Any]:
    """Copy the rows to S3 under the name of their SHA-256, and the plan beside them.

    Args:
        plan: A `ScorePlan`. Its `data_url` is without what signs it.
        params: Filled in by Airflow, which alone keeps the whole URL.
        ti: Filled in by Airflow.

    Returns:
        A `RawData`. Which file it is, is an XCom by itself, too.
    """
    from include.pipeline.aws.object_store import write_object
    from include.pipeline.documents.config import load_config
    from include.pipeline.scoring.planning import source_of
    from include.pipeline.source.download import fetch

    mask_secrets_of(params)
    run, s3 = _read(plan)
    write_object(s3, run.locations.plan, run.model_dump_json(indent=2).encode(), "application/json")
    policy = source_policy(load_config(run.pipeline))
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


@document_task
def choose_model(plan: dict[str, Any], raw: dict[str, Any]) -> dict[str, Any]:
    """Find the accepted model that scores, and whether it has scored these rows before.

    Returns:
        What `CHOSEN` says.
    """
    from include.operators.sagemaker.registration import is_usable
    from include.pipeline.documents.config import load_config
    from include.pipeline.documents.raw_data import RawData
    from include.pipeline.scoring import model, reuse

    run, s3 = _read(plan)
    may_score = is_usable(run.pipeline, load_config(run.pipeline), run.identity.deployment_id)
    chosen = model.choose_model(s3, run, may_score)
    log.info("The model of %s scores (ROC AUC %.3f)", chosen.run_id, chosen.roc_auc)
    scored = reuse.fingerprint(run, RawData.read(raw, DOWNLOAD_DATA), chosen)
    found = reuse.find_scored(s3, run, scored)
    reused = None
    if found:
        reason = f"{found.answers.run_id} has scored the same rows by the same model: its answers are used"
        log.info("%s", reason)
        reused = found.model_dump(mode="json") | {"reason": reason}
    return {"model": chosen.model_dump(mode="json"), "reused": reused}


@document_task
def encode_rows(
    plan: dict[str, Any], raw: dict[str, Any], chosen: dict[str, Any], ti: Any = None
) -> dict[str, Any]:
    """Check the rows, encode them for the model, and compare them with its training data.

    Returns:
        An `EncodedRows`: where answers are used again, that of their run.
    """
    from include.pipeline.documents.config import load_config
    from include.pipeline.documents.raw_data import RawData
    from include.pipeline.scoring import rows

    if chosen["reused"]:
        skip_for(chosen["reused"], ti, chosen["reused"]["rows"])
    run, s3 = _read(plan)
    encoded = rows.encode_rows(
        s3,
        RawData.read(raw, DOWNLOAD_DATA),
        run,
        _model(chosen),
        max_bytes=load_config(run.pipeline).max_source_bytes,
    )
    log.info("%d rows to score, in %d files", encoded.rows, len(encoded.files))
    return encoded.model_dump(mode="json")


@task
def write_predictions(
    plan: dict[str, Any],
    raw: dict[str, Any],
    *,
    chosen: dict[str, Any],
    encoded: dict[str, Any],
    job: dict[str, Any] | None,
    ti: Any = None,
    outlet_events: Any = None,
) -> None:
    """Write the predictions and the report, and tell other DAGs by the asset where they are.

    Args:
        plan: A `ScorePlan`.
        raw: A `RawData`.
        chosen: What `choose_model` returned.
        encoded: An `EncodedRows`.
        job: What the transform task returned; None where answers are used again.
        ti: Filled in by Airflow.
        outlet_events: Filled in by Airflow.
    """
    from include.pipeline.data.drift import feature_warnings
    from include.pipeline.documents.config import load_config
    from include.pipeline.documents.raw_data import RawData
    from include.pipeline.documents.scoring.rows import EncodedRows, ScoredRows
    from include.pipeline.report.scoring import write_scoring_report
    from include.pipeline.scoring.answers import answered
    from include.pipeline.scoring.record import finish_scoring

    run, s3 = _read(plan)
    reused = ScoredRows.read(chosen["reused"], CHOOSE_MODEL) if chosen["reused"] else None
    scoring = finish_scoring(
        s3,
        run,
        raw=RawData.read(raw, DOWNLOAD_DATA),
        model=_model(chosen),
        encoded=EncodedRows.read(encoded, ENCODE_ROWS),
        answers=reused.answers if reused else answered(hook("sagemaker").conn, run, job),
        max_bytes=load_config(run.pipeline).max_source_bytes,
    )
    write_scoring_report(s3, run, scoring)
    log.info("%s: %s.csv", scoring, run.locations.predictions)
    ti.xcom_push(SUMMARY, str(scoring))
    ti.xcom_push(CHANGES, feature_warnings(scoring.encoded.columns, run.drift) if run.drift else [])
    for asset in ti.task.outlets:
        outlet_events[asset].extra = {
            "summary": str(scoring),
            "predictions": f"{run.locations.predictions}.parquet",
            "predictions_csv": f"{run.locations.predictions}.csv",
            "rows": scoring.encoded.rows,
            "kept": scoring.kept,
            "model": scoring.model.run_id,
            "scoring": run.locations.scoring,
            "report": run.locations.report,
        }


@task
def verify_teardown(plan: dict[str, Any] | None, ti: Any = None) -> None:
    """Take away what the teardown has missed, and fail the run where it was ended by hand.

    Args:
        plan: A `ScorePlan`, as it came; None where the run was not planned.
        ti: Filled in by Airflow.
    """
    sweep_run(plan, ti)
    written = ti.get_task_states(dag_id=ti.dag_id, run_ids=[ti.run_id])[ti.run_id].get(WRITE_PREDICTIONS)
    # A step that has failed, fails the run by itself.
    if written not in {"success", "failed", "upstream_failed"}:
        raise AirflowFailException(
            f"The run was ended by hand: write_predictions is {written}. What it made on SageMaker is "
            "deleted. Clear the run to do it again."
        )


def _read(plan: dict[str, Any]) -> Any:
    from include.pipeline.documents.scoring.plan import ScorePlan

    run = ScorePlan.read(plan, PLAN_RUN)
    return run, s3_of(run)


def _model(chosen: dict[str, Any]) -> Any:
    from include.pipeline.documents.scoring.model import ScoringModel

    return ScoringModel.read(chosen["model"], CHOOSE_MODEL)
