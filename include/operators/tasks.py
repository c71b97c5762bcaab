"""The pipeline's steps until the training as Airflow tasks: clients and plan go to `include.pipeline`.

Imports stand in the tasks: pandas, scikit-learn and sagemaker would cost seconds at every parse of a DAG.
"""

import logging
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from include.airflow_names import (
    BUCKET,
    BUCKET_OWNER,
    DATA,
    DEPLOYMENT_ID,
    DOWNLOAD_DATA,
    PLAN_RUN,
)
from include.operators.connection import hook, s3_of
from include.operators.deployment import own_deployment_id
from include.operators.held_plan import plan_of
from include.operators.returned import document_task
from include.operators.reuse import AROUND_TRAINING, skip_for, wait_for_run
from include.operators.run_states import gate_is_open
from include.operators.source.access import mask_secrets_of, source_login, source_policy

if TYPE_CHECKING:
    from include.pipeline.documents.plan import RunPlan
    from include.pipeline.documents.raw_data import RawData

log = logging.getLogger(__name__)


@document_task
def plan_run(pipeline: str, dag_run: Any = None, params: Any = None, ti: Any = None) -> dict[str, Any]:
    """Check the Params and work out every name, place and request of the run, and what it costs.

    Args:
        pipeline: Names the YAML file in `include/datasets`.
        dag_run: Filled in by Airflow.
        params: Filled in by Airflow.
        ti: Filled in by Airflow.

    Returns:
        A `PlanReference`: the tasks that act on the plan work it out again. Its deployment, its bucket and
        whose that has to be are XComs by themselves, too: the report's plugin reads them without the rest.
    """
    from include.pipeline.documents.config import load_config
    from include.pipeline.documents.plan import PlanReference
    from include.pipeline.planning.cost import estimate_cost, told

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
    )
    if login := source_login(plan.params.source_connection, policy):
        login.check(plan.params.data_url)
    cost = estimate_cost(plan, s3_of(plan))
    for line in told(cost):
        log.info("%s", line)
    ti.xcom_push(DEPLOYMENT_ID, plan.identity.deployment_id)
    ti.xcom_push(BUCKET, plan.bucket)
    ti.xcom_push(BUCKET_OWNER, plan.own_bucket.owner)
    return PlanReference.of(plan.model_copy(update={"cost": cost})).model_dump(mode="json")


@document_task
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


@document_task
def reuse_model(plan: dict[str, Any], raw: dict[str, Any], ti: Any = None) -> dict[str, Any] | None:
    """Look for an accepted model of the same data and configuration, which need not be bought again.

    Where another run is about to make one, wait for what becomes of that, without a worker.

    Args:
        plan: A `RunPlan`.
        raw: A `RawData`.
        ti: Filled in by Airflow.

    Returns:
        A `ReusedModel`, for which the steps until the gate are left out; None for a run that has to train.
    """
    from include.pipeline.documents.plan import RunPlan
    from include.pipeline.documents.training.tune import TrainingJobs
    from include.pipeline.history import reuse
    from include.pipeline.history.provenance import is_made_by_its_run
    from include.pipeline.history.training_claim import claim_training
    from include.pipeline.planning.training_request import time_limit

    run = RunPlan.read(plan, PLAN_RUN)
    s3 = s3_of(run)
    is_genuine = partial(is_made_by_its_run, hook("sagemaker").conn)
    search = partial(reuse.reuse_model, s3, run, raw["sha256"], is_genuine)
    reused = search()
    if reused is None and not run.params.force_retrain:
        other = claim_training(
            s3,
            run,
            raw["sha256"],
            may_accept=partial(gate_is_open, ti),
            longest=time_limit(run.aws.stopping_condition) * TrainingJobs.of(run).batches + AROUND_TRAINING,
        )
        if other:
            wait_for_run(other.run_id, other.since)
        # It may have been accepted since the first look.
        reused = search()
    log.info("%s", reused.reason if reused else "There is no model to use again: this run trains")
    return reused.model_dump(mode="json") if reused else None


@document_task
def split_data(
    plan: dict[str, Any], raw: dict[str, Any], reused: dict[str, Any] | None, ti: Any = None
) -> dict[str, Any]:
    """Check the table, shuffle it, write the training rows and the test rows to S3.

    Returns:
        A `Split`: where a model is used again, that of its run.
    """
    from include.pipeline.documents.plan import RunPlan
    from include.pipeline.documents.raw_data import RawData

    if reused:
        skip_for(reused, ti, reused["split"])
    return split_here(RunPlan.read(plan, PLAN_RUN), RawData.read(raw, DOWNLOAD_DATA))


def split_here(run: "RunPlan", raw: "RawData") -> dict[str, Any]:
    """Split a run's table on this worker.

    Returns:
        A `Split`.
    """
    from include.pipeline.data.split import split_to_s3
    from include.pipeline.documents.config import load_config

    split = split_to_s3(s3_of(run), raw, run, max_bytes=load_config(run.identity.dag_id).max_source_bytes)
    log.info("%d rows to train on, %d to test on", split.train_rows, split.test_rows)
    return split.model_dump(mode="json")
