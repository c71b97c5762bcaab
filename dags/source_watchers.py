"""A DAG for each pipeline: it looks whether the source of its data has changed, and starts it when it has."""

from datetime import timedelta

from airflow.sdk import DAG

from include.operators.dag.documentation import describe_tasks, owner_links, where_to_look
from include.operators.dag.notices.wiring import tell_people
from include.operators.dag.parsed_pipelines import parsed_pipelines
from include.operators.dag.schedule import cron_schedule
from include.operators.failures.retries import RETRIES
from include.operators.source.watching import look_at_source, source_asset
from include.pipeline.documents.config import WATCHER, PipelineConfig

ABOUT = """
Asks the server of `data_url`, as `include/datasets/{name}.yaml` has it, which version of the file there is:
by its ETag or, without one, its Last-Modified, without downloading it. When that is another than the last
time, the asset `{name}_source` is updated, with the version, and `{name}` runs once, where that DAG is
switched on; its run reads the same `data_url`. Otherwise the task is **skipped**, and says why.

The first look at a URL only remembers its version: switching this DAG on starts no run. A server that does
not answer is asked again, and then the look fails; the next one compares with the same version. A dated
`data_url` (`{{interval_start:...}}`) is not watched.

{places}
"""


def source_watcher(name: str, config: PipelineConfig) -> None:
    """Make the DAG that watches a pipeline's source."""
    source = source_asset(name)
    with DAG(
        dag_id=f"{name}{WATCHER}",
        dag_display_name=f"{config.title}: source",
        description=f"Look whether the source of {name} has changed, and start that pipeline when it has.",
        doc_md=ABOUT.format(name=name, places=where_to_look(name, config)),
        schedule=cron_schedule(config.watch),
        catchup=False,
        # Two looks at once would announce the same change twice.
        max_active_runs=1,
        tags={*config.tags, "source"},
        owner_links=owner_links(config),
        default_args={
            "owner": config.owner,
            **RETRIES,
            "execution_timeout": timedelta(minutes=5),
        },
    ) as dag:
        look_at_source.override(inlets=[source], outlets=[source])(name)
    describe_tasks(dag)
    tell_people(dag, config)


for pipeline in parsed_pipelines(WATCHER):
    source_watcher(*pipeline)
