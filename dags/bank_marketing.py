"""Train, deploy, evaluate and tear down the bank-marketing model on SageMaker."""

from datetime import timedelta

from airflow.providers.amazon.aws.operators.s3 import S3CreateBucketOperator
from airflow.sdk import DAG, Asset, TaskGroup, chain

from include import airflow_names
from include.operators import tasks
from include.operators.links import ModelReportLink
from include.operators.retries import RETRIES
from include.operators.returned import PLAN, RAW, REUSED, SPLIT, TRAINING
from include.operators.sagemaker.endpoint import RunSageMakerEndpointOperator
from include.operators.sagemaker.training import ResumableSageMakerTrainingOperator
from include.operators.schedule import cron_or_event_schedule
from include.operators.teardown import teardown
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
    planned = tasks.plan_run("bank_marketing")
    bucket = S3CreateBucketOperator(task_id=airflow_names.CREATE_BUCKET, bucket_name=PLAN["bucket"])
    with TaskGroup("prepare_data", prefix_group_id=False):
        prepared = [
            tasks.download_data(PLAN),
            tasks.reuse_model(PLAN, RAW),
            tasks.split_data(PLAN, RAW, REUSED),
        ]
    train = ResumableSageMakerTrainingOperator(
        task_id=airflow_names.TRAIN_MODEL,
        config=PLAN["training"],
        reused=REUSED,
        trigger_rule="none_failed",
        check_interval=15,
        execution_timeout=timedelta(minutes=75),
    )
    deploy = RunSageMakerEndpointOperator(
        task_id=airflow_names.DEPLOY_ENDPOINT,
        config=PLAN["deployment"],
        model_data_url=TRAINING["Training"]["ModelArtifacts"]["S3ModelArtifacts"],
        reused=REUSED,
        keep=PLAN["keep_endpoint"],
        trigger_rule="none_failed",
        check_interval=15,
        execution_timeout=timedelta(minutes=30),
    )
    with TaskGroup("evaluate", prefix_group_id=False):
        evaluate = tasks.evaluate_model.override(trigger_rule="none_failed")
        judge = tasks.check_quality.override(trigger_rule="none_failed", outlets=[model])
        evaluated = [
            evaluate(PLAN, SPLIT, TRAINING, REUSED),
            judge(PLAN, raw=RAW, split=SPLIT, training=TRAINING, reused=REUSED),
        ]
    chain(planned, bucket, *prepared, train, deploy, *evaluated, *teardown(bucket))
    for step in evaluated:
        step.operator.operator_extra_links = (ModelReportLink(),)
