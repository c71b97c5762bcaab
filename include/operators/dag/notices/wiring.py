"""Which tasks of a DAG tell people what."""

from collections.abc import Callable
from typing import Any

from airflow.sdk import DAG

from include.airflow_names import APPROVE_MODEL, PROMOTE_MODEL, ROLL_BACK_MODEL, VERIFY_TEARDOWN
from include.operators.dag.notices.events import approval, end_of_run, promotion, rollback
from include.operators.dag.notices.sending import Notice, PipelineNotifier
from include.pipeline.documents.config import PipelineConfig

_ON_SUCCESS: dict[str, Callable[[Any], Notice | None]] = {
    VERIFY_TEARDOWN: end_of_run,
    PROMOTE_MODEL: promotion,
    ROLL_BACK_MODEL: rollback,
}


def tell_people(dag: DAG, config: PipelineConfig) -> None:
    """Have the tasks of a pipeline's DAG tell those whom its YAML names under `notify`.

    A failed run is told once: by `verify_teardown`, which runs at the end whatever failed before, or, in a
    DAG without it, by the task that fails.
    """
    if not config.notify:
        return
    tasks: list[Any] = dag.tasks
    for task in tasks:
        if tell := _ON_SUCCESS.get(task.task_id):
            task.on_success_callback = [*task.on_success_callback, PipelineNotifier(config, tell)]
        if task.task_id == VERIFY_TEARDOWN or VERIFY_TEARDOWN not in dag.task_ids:
            task.on_failure_callback = [*task.on_failure_callback, PipelineNotifier(config, end_of_run)]
        if task.task_id == APPROVE_MODEL:
            task.notifiers = [PipelineNotifier(config, approval)]
