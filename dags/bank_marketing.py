"""Train, deploy, evaluate and tear down the bank-marketing model on SageMaker."""

from datetime import timedelta

from airflow.providers.amazon.aws.operators.s3 import S3CreateBucketOperator
from airflow.sdk import DAG, Asset, chain

from include.operators import cleanup_tasks, tasks
from include.operators.links import ModelReportLink
from include.operators.retries import RETRIES
from include.operators.sagemaker.deletion import (
    DeleteEndpointConfigOperator,
    DeleteEndpointOperator,
    DeleteModelOperator,
)
from include.operators.sagemaker.endpoint import RunEndpointOperator
from include.operators.sagemaker.training import ResumableTrainingOperator
from include.operators.schedule import cron_or_event_schedule
from include.operators.trigger_form import trigger_form
from include.operators.watching import source_asset
from include.pipeline.documents.config import load_config

config = load_config("bank_marketing")
model = Asset("bank_marketing_model", group="model")

with DAG(
    dag_id="bank_marketing",
    dag_display_name=config.title,
    description=__doc__,
    doc_md="""
Which customers of a bank will put money on term deposit? AWS's tutorial *build, train and deploy a machine
learning model*, step by step: the data goes to S3 and is split, SageMaker's XGBoost trains on one part and
is deployed to an endpoint, the endpoint answers for the other part, and the quality gate fails the run when
the answers are not good enough. Endpoint, configuration and model are deleted at the end, **also when a step
before failed**, unless `keep_endpoint` is set.

Needs the connection `aws_default` with a region, and a role for SageMaker: the Param `role` or the Variable
`sagemaker_role`. Results: `s3://<bucket>/bank_marketing/runs/<run>/evaluation/`, and the tab *Model report*
of the run. A model that passes the gate updates the asset `bank_marketing_model`, with its metrics.
""",
    schedule=cron_or_event_schedule(config.schedule, source_asset("bank_marketing")),
    catchup=False,
    max_active_runs=config.max_active_runs,
    tags=set(config.tags),
    params=trigger_form(config.params),
    default_args={
        "owner": config.owner,
        **RETRIES,
        # Per task: a DAG run's own time limit would skip the teardown.
        "execution_timeout": timedelta(minutes=15),
    },
):
    plan = tasks.plan_run("bank_marketing")
    bucket = S3CreateBucketOperator(task_id="create_bucket", bucket_name=plan["bucket"])
    raw = tasks.download_data(plan)
    reused = tasks.reuse_model(plan, raw)
    split = tasks.split_data(plan, raw, reused)
    train = ResumableTrainingOperator(
        task_id="train_model",
        config=plan["training"],
        reused=reused,
        trigger_rule="none_failed",
        check_interval=15,
        execution_timeout=timedelta(minutes=75),
    )
    deploy = RunEndpointOperator(
        task_id="deploy_endpoint",
        config=plan["deployment"],
        model_data_url="{{ ti.xcom_pull('train_model')['Training']['ModelArtifacts']['S3ModelArtifacts'] }}",
        reused=reused,
        keep=plan["keep_endpoint"],
        trigger_rule="none_failed",
        check_interval=15,
        execution_timeout=timedelta(minutes=30),
    )
    evaluate = tasks.evaluate_model.override(trigger_rule="none_failed")
    metrics = evaluate(plan, split, train.output, reused)
    judge = tasks.check_quality.override(trigger_rule="none_failed", outlets=[model])
    gate = judge(plan, raw=raw, split=split, training=train.output, reused=reused)

    names = {"name": plan["key"], "keep": plan["keep_endpoint"]}
    deletions = {
        "endpoint": DeleteEndpointOperator(task_id="delete_endpoint", **names),
        "endpoint configuration": DeleteEndpointConfigOperator(task_id="delete_endpoint_config", **names),
        "model": DeleteModelOperator(task_id="delete_model", **names),
    }
    report = tasks.write_report(plan, {kind: step.output for kind, step in deletions.items()})
    teardown = [*deletions.values(), report.operator, cleanup_tasks.delete_data(plan).operator]
    verify = cleanup_tasks.verify_teardown(plan).operator
    chain(plan, bucket, raw, reused, split, train, deploy, metrics, gate, *teardown, verify)
    for step in teardown:
        step.as_teardown(setups=bucket)
    for step in (metrics.operator, gate.operator, report.operator):
        step.operator_extra_links = (ModelReportLink(),)
    # Airflow takes a run's state from its leaves. A teardown that may fail the run is one, and makes what
    # stands before it none: on any but the last, this would leave a run green whose gate failed.
    verify.as_teardown(setups=bucket, on_failure_fail_dagrun=True)
