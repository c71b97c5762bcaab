"""Which pipelines a parse of a DAG file makes DAGs of."""

import os
from collections.abc import Iterator

from airflow.sdk import DAG, get_parsing_context, task
from airflow.sdk.exceptions import AirflowFailException

from include.airflow_names import READ_YAML_FILE
from include.operators.dag.documentation import describe_tasks
from include.pipeline.documents.config import EXAMPLE, WATCHER, PipelineConfig, load_config, pipeline_names
from include.pipeline.errors import ConfigError

EXAMPLES = "PIPELINE_EXAMPLES"
"""The environment variable with which `no` hides them."""
_NO = {"no", "false", "0"}


def parsed_pipelines(suffix: str = "") -> Iterator[tuple[str, PipelineConfig]]:
    """Read the YAML file of each pipeline whose DAG a parse is to make.

    That is every one, except in the process of a task: there it is the task's own, so that a task starts no
    later where there are many pipelines, and a run of an example ends where examples are hidden meanwhile. A
    file that is not valid takes the place of no other: where its pipeline's DAG would be, stands one that
    tells what is wrong with it.

    Args:
        suffix: What follows the pipeline's name in the id of the DAG.

    Yields:
        Name and configuration.
    """
    asked = get_parsing_context().dag_id
    hidden = asked is None and os.environ.get(EXAMPLES, "").casefold() in _NO
    for name in pipeline_names():
        # A file whose name ends as a watcher's is never valid, and takes no watcher's place.
        dag_id = f"{name}.yaml" if name.endswith(WATCHER) else f"{name}{suffix}"
        if asked not in (None, dag_id):
            continue
        try:
            config = load_config(name)
        except ConfigError as error:
            if not suffix:
                _tell(dag_id, name, str(error))
            continue
        # The table of an example is a file of the project: there is nothing to watch.
        if EXAMPLE in config.tags and (hidden or suffix == WATCHER):
            continue
        yield name, config


def _tell(dag_id: str, name: str, fault: str) -> None:
    with DAG(
        dag_id=dag_id,
        dag_display_name=f"{name}: its YAML file is not valid",
        description=fault,
        doc_md=f"There is no pipeline, as its YAML file is not valid:\n\n```\n{fault}\n```\n",
        schedule=None,
        tags={"not valid"},
    ) as dag:
        _refuse_to_run(fault)
    describe_tasks(dag)


@task(task_id=READ_YAML_FILE)
def _refuse_to_run(fault: str) -> None:
    raise AirflowFailException(fault)
