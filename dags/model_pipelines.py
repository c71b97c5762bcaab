"""A pipeline for each YAML file of include/datasets: train, deploy, evaluate and tear down its model."""

from datetime import timedelta

from airflow.sdk import DAG, Asset, TaskGroup, chain

from include import airflow_names
from include.operators import evaluation_tasks, tasks
from include.operators.create_bucket import CreateOwnBucketOperator
from include.operators.dag.documentation import clock_tag, describe_tasks, owner_links, where_to_look
from include.operators.dag.links import ModelReportLink
from include.operators.dag.notices.wiring import tell_people
from include.operators.dag.parsed_pipelines import parsed_pipelines
from include.operators.dag.schedule import cron_or_event_schedule
from include.operators.dag.splitting import split
from include.operators.dag.teardown import teardown
from include.operators.dag.training import train
from include.operators.dag.trigger_form import trigger_form
from include.operators.failures.retries import RETRIES
from include.operators.held_plan import PLAN
from include.operators.returned import RAW, REUSED
from include.operators.sagemaker.endpoint import RunSageMakerEndpointOperator
from include.operators.source.watching import source_asset
from include.pipeline.documents.config import PipelineConfig

ABOUT = """
{config.about}

The data goes to S3 and is split, SageMaker trains on one part and deploys the model to an endpoint, the
endpoint answers for the other part, and the quality gate fails the run when the answers are not good
enough. Endpoint, configuration and model are deleted at the end, **also when a step before failed**, unless
`keep_endpoint` is set.

{places}
Needs the connection `aws_default` with a region, and a role for SageMaker: the Param `role` or the Variable
`sagemaker_role`. Results: `s3://<bucket>/<this Airflow's id>/{name}/runs/<run>/evaluation/`, and the tab
*Model report* of the run. A model that passes the gate updates the asset `{name}_model`, with its metrics.
"""


def model_pipeline(name: str, config: PipelineConfig) -> None:
    """Make a pipeline's DAG."""
    model = Asset(f"{name}_model", group="model")
    with DAG(
        dag_id=name,
        dag_display_name=config.title,
        description=config.description,
        doc_md=ABOUT.format(name=name, config=config, places=where_to_look(name, config)),
        schedule=cron_or_event_schedule(config.schedule, source_asset(name)),
        catchup=False,
        max_active_runs=config.max_active_runs,
        tags={*config.tags, *clock_tag(config.schedule)},
        owner_links=owner_links(config),
        default_args={
            "owner": config.owner,
            **RETRIES,
            # Per task: a DAG run's own time limit would skip the teardown.
            "execution_timeout": timedelta(minutes=15),
        },
    ) as dag:
        planned = tasks.plan_run(name)
        bucket = CreateOwnBucketOperator(
            task_id=airflow_names.CREATE_BUCKET, bucket_name=PLAN["bucket"], plan=PLAN
        )
        with TaskGroup("prepare_data", prefix_group_id=False):
            prepared = [
                tasks.download_data(PLAN),
                tasks.reuse_model(PLAN, RAW),
                split(config),
            ]
        trained = train(config)
        deploy = RunSageMakerEndpointOperator(
            task_id=airflow_names.DEPLOY_ENDPOINT,
            config=trained.plan["deployment"],
            model_data_url=trained.training["Training"]["ModelArtifacts"]["S3ModelArtifacts"],
            reused=REUSED,
            keep=PLAN["keep_endpoint"],
            trigger_rule="none_failed",
            check_interval=15,
            execution_timeout=timedelta(minutes=30),
        )
        with TaskGroup("evaluate", prefix_group_id=False):
            evaluate = evaluation_tasks.evaluate_model.override(trigger_rule="none_failed")
            judge = evaluation_tasks.check_quality.override(trigger_rule="none_failed", outlets=[model])
            evaluated = [
                evaluate(trained.plan, trained.split, trained.training, REUSED),
                judge(
                    trained.plan,
                    raw=RAW,
                    split=trained.split,
                    training=trained.training,
                    reused=REUSED,
                    contest=trained.contest,
                ),
            ]
        chain(planned, bucket, *prepared, *trained.steps, deploy, *evaluated, *teardown(bucket))
        for step in evaluated:
            step.operator.operator_extra_links = (ModelReportLink(),)
    describe_tasks(dag)
    tell_people(dag, config)
    # A task that is made later would have a copy, and Airflow check each at each look at this file.
    dag.params.update(trigger_form(config.params, config.limits, config.table.kind))


for pipeline in parsed_pipelines():
    model_pipeline(*pipeline)
