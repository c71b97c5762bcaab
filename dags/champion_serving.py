"""Two DAGs for each pipeline whose YAML file has `serve`: a better model is promoted, or taken back."""

from datetime import timedelta

from airflow.sdk import DAG, Asset, Param

from include import airflow_names
from include.operators.dag.documentation import describe_tasks, owner_links, where_to_look
from include.operators.dag.notices.wiring import tell_people
from include.operators.dag.parsed_pipelines import parsed_pipelines
from include.operators.failures.retries import RETRIES
from include.operators.sagemaker.champion import (
    EndShadowOperator,
    PromoteModelOperator,
    RollBackModelOperator,
)
from include.pipeline.documents.config import PipelineConfig
from include.pipeline.documents.scoring.champion import ROLLBACK, SERVE, ServeSettings

ABOUT = """
The endpoint *{endpoint}* of `{name}` always serves the best model so far. Its whole name is
`<this Airflow's id>-<pipeline>-{endpoint}`; the page *Models* lists it, with what it costs a day.

{what}

{places}
"""
PROMOTES = """
A model that {becomes} takes the endpoint over where it is better than the one that is served:
{shadow}first with {percent} % of the traffic, and with all of it unless an alarm trips. The old model serves
until then, and on where anything fails. No run deletes the endpoint.
"""
GOES_BACK = "A model that has served before takes the endpoint over again, at once. The form names which."


def champion_serving(name: str, config: PipelineConfig, serve: ServeSettings) -> None:
    """Make a pipeline's DAG that promotes its models."""
    asks = config.registry is not None and config.registry.approval == "by a person"
    becomes = "a person approves" if asks else "passes the gate"
    shadow = f"after {serve.shadow.seconds} s in its shadow, " if serve.shadow else ""
    promotes = PROMOTES.format(becomes=becomes, shadow=shadow, percent=serve.canary_percent)
    with DAG(
        dag_id=f"{name}{SERVE}",
        dag_display_name=f"{config.title}: serve",
        description=f"Let a better model of {name} take over the endpoint that applications call.",
        doc_md=_about(name, config, serve, promotes),
        schedule=[Asset(f"{name}_approved_model" if asks else f"{name}_model", group="model")],
        catchup=False,
        # One after the other: each is held against what the one before has promoted.
        max_active_runs=1,
        tags={*config.tags, "serve"},
        owner_links=owner_links(config),
        params={
            "run": Param(
                None,
                type=["null", "string"],
                title="Run",
                description="Run id of the run whose accepted model is promoted. Empty: the best of those "
                "that have updated the asset, or the newest.",
            )
        },
        default_args=_defaults(config, serve),
    ) as dag:
        promoted = PromoteModelOperator(
            task_id=airflow_names.PROMOTE_MODEL,
            pipeline=name,
            check_interval=15,
            outlets=[Asset(f"{name}_champion", group="champion")],
        )
        if serve.shadow:
            ended = EndShadowOperator(task_id=airflow_names.END_SHADOW, pipeline=name, check_interval=15)
            # A teardown that may fail the run would decide alone whether it has: a promotion that has failed
            # would end as a success.
            promoted >> ended.as_teardown()
    describe_tasks(dag)
    tell_people(dag, config)


def champion_rollback(name: str, config: PipelineConfig, serve: ServeSettings) -> None:
    """Make a pipeline's DAG that takes a model back."""
    with DAG(
        dag_id=f"{name}{ROLLBACK}",
        dag_display_name=f"{config.title}: roll back",
        description=f"Let a model of {name} that has served before serve again.",
        doc_md=_about(name, config, serve, GOES_BACK),
        schedule=None,
        catchup=False,
        max_active_runs=1,
        tags={*config.tags, "serve"},
        owner_links=owner_links(config),
        params={
            "version": Param(
                None,
                type=["null", "string"],
                title="Version",
                description="Name of a version, or run id of its model: the task's log lists both. Empty: "
                "the version before the one that is served.",
            )
        },
        default_args=_defaults(config, serve),
    ) as dag:
        RollBackModelOperator(
            task_id=airflow_names.ROLL_BACK_MODEL,
            pipeline=name,
            check_interval=15,
            outlets=[Asset(f"{name}_champion", group="champion")],
        )
    describe_tasks(dag)
    tell_people(dag, config)


def _about(name: str, config: PipelineConfig, serve: ServeSettings, what: str) -> str:
    return ABOUT.format(
        name=name, endpoint=serve.endpoint, what=what.strip(), places=where_to_look(name, config)
    )


def _defaults(config: PipelineConfig, serve: ServeSettings) -> dict[str, object]:
    # Another run's update may have to be waited out first.
    seconds = 2 * serve.longest_seconds + serve.longest_shadow_seconds
    longest = timedelta(seconds=seconds) + timedelta(minutes=15)
    return {"owner": config.owner, **RETRIES, "execution_timeout": longest}


for pipeline, config in parsed_pipelines(SERVE):
    if config.serve:
        champion_serving(pipeline, config, config.serve)
for pipeline, config in parsed_pipelines(ROLLBACK):
    if config.serve:
        champion_rollback(pipeline, config, config.serve)
