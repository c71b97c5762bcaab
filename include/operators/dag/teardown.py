"""The end of every pipeline's DAG: what a run made is taken away, whatever failed before."""

from typing import Any

from airflow.sdk import BaseOperator, TaskGroup, chain

from include import airflow_names
from include.operators import cleanup_tasks, evaluation_tasks
from include.operators.dag.links import ModelReportLink
from include.operators.held_plan import KEPT_AFTER_GATE, PLAN
from include.operators.returned import PLAN_IF_ANY, Returned
from include.operators.sagemaker.deletion import (
    DeleteSageMakerEndpointConfigOperator,
    DeleteSageMakerEndpointOperator,
    DeleteSageMakerModelOperator,
)


def teardown(made: BaseOperator) -> list[BaseOperator]:
    """Add the task group `teardown` to the DAG that is being defined.

    Args:
        made: The task that makes the first thing that has to be taken away.

    Returns:
        Its tasks in their order. The caller puts them after the last task that works.
    """
    names = {"name": PLAN["key"], "keep": KEPT_AFTER_GATE}
    with TaskGroup("teardown", prefix_group_id=False):
        # An endpoint is never left without its configuration, nor that without its model.
        deletions = {
            "endpoint": DeleteSageMakerEndpointOperator(task_id=airflow_names.DELETE_ENDPOINT, **names),
            "endpoint configuration": DeleteSageMakerEndpointConfigOperator(
                task_id=airflow_names.DELETE_ENDPOINT_CONFIG, **names
            ),
            "model": DeleteSageMakerModelOperator(task_id=airflow_names.DELETE_MODEL, **names),
        }
        deleted: Any = {kind: Returned(step.task_id, may_be_absent=True) for kind, step in deletions.items()}
        answers: list[Any] = [
            evaluation_tasks.write_report(PLAN, deleted),
            cleanup_tasks.delete_data(PLAN),
            cleanup_tasks.verify_teardown(PLAN_IF_ANY),
        ]
        report, delete_data, verify = (answer.operator for answer in answers)
        report.operator_extra_links = (ModelReportLink(),)
        steps = [*deletions.values(), report, delete_data]
        chain(*steps, verify)
    # Airflow runs a teardown whatever failed before it, as long as its setup has succeeded. `made` is the
    # setup of all that delete: where it has not run, there is nothing to take away.
    for step in steps:
        step.as_teardown(setups=made)
    # Whether a run has failed, Airflow reads from the last tasks of its DAG. It passes over teardowns, unless
    # they may fail the run: such a teardown counts as a last task, and what comes before it no longer does.
    # So only the very last may be one. Were it an earlier one, a run whose gate has failed would end as a
    # success. In a run that a user marks as failed, Airflow skips what is pending, setups among it, but no
    # teardown; skipped tasks do not fail a run. `verify_teardown` does, and has no setup, with which it would
    # be skipped, too. Where the gate has passed before the mark, the plugin `ended_runs` fails the gate.
    verify.as_teardown(on_failure_fail_dagrun=True)
    return [*steps, verify]
