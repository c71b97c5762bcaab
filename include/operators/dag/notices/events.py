"""What there is to tell of a run's end, of a model that waits, and of one that serves."""

from typing import Any, cast

from airflow.sdk import Context

from include.airflow_names import (
    CHANGES,
    CHECK_QUALITY,
    FAILURE,
    PROMOTE_MODEL,
    REGISTER_MODEL,
    ROLL_BACK_MODEL,
    SUMMARY,
    WRITE_PREDICTIONS,
)
from include.operators.dag.links import report_url, run_url
from include.operators.dag.notices.sending import Notice

_TELLING = (CHECK_QUALITY, WRITE_PREDICTIONS)
"""The tasks that say what a run gave."""
_ENDED = {"success", "failed"}


def end_of_run(context: Context) -> Notice | None:
    """Tell why a run has failed, or that the data has changed in one that has not.

    Called for the last task of the run, or for one that has failed and fails the run. A teardown that failed
    fails no run: what it missed, the last task has taken away, or fails over.
    """
    ti, dag_id, run_id = context["ti"], context["dag"].dag_id, context["run_id"]
    states = ti.get_task_states(dag_id=dag_id, run_ids=[run_id])[run_id]
    # Airflow writes the state down after this, unless it has lost the task's process.
    own = [ti.task_id] if context.get("exception") or states.get(ti.task_id) == "failed" else []
    steps = [task.task_id for task in context["dag"].tasks if not task.is_teardown]
    failed = [task_id for task_id in steps if states.get(task_id) == "failed"]
    # Where no task's state says why: those of several algorithms have names of their own.
    stuck = [task_id for task_id in steps if states.get(task_id) == "upstream_failed"]
    # What was told before the run was cleared is of a task that has not run since.
    telling = next((task_id for task_id in _TELLING if states.get(task_id) in _ENDED), None)
    summary = _told(context, telling, SUMMARY) or ""
    changes = "\n".join(_told(context, telling, CHANGES) or ())
    report = report_url(dag_id, run_id)
    if failed or own or stuck:
        (task_id, *_) = [*failed, *own, *stuck]
        is_rejected = task_id == CHECK_QUALITY and ", failed, " in summary
        return Notice(
            "rejected model" if is_rejected else "failed run",
            f"{dag_id}: {'the model did not pass the gate' if is_rejected else f'{task_id} failed'}",
            _lines(f"Run {run_id}", summary, _cause(context, task_id), changes and f"The data: {changes}"),
            report if telling or CHECK_QUALITY in states else run_url(dag_id, run_id),
        )
    if changes:
        return Notice(
            "drift", f"{dag_id}: the data has changed", _lines(f"Run {run_id}", summary, changes), report
        )
    return None


def approval(context: Context) -> Notice:
    """Tell that a model waits for a person, with what the person will see."""
    registered = context["ti"].xcom_pull(task_ids=REGISTER_MODEL)
    task = cast("Any", context["task"])
    return Notice(
        "waiting approval",
        f"{context['dag'].dag_id}: version {registered['version']} waits for approval",
        _lines(
            task.subject,
            f"Nobody answers within {task.response_timeout}: rejected.",
            registered["side_by_side"],
        ),
        f"{run_url(context['dag'].dag_id, context['run_id'])}/tasks/{task.task_id}/required_actions",
    )


def promotion(context: Context) -> Notice:
    """Tell which model serves now, and by how much it is better."""
    return _served(context, PROMOTE_MODEL, "promotion", "a new model serves")


def rollback(context: Context) -> Notice:
    """Tell which model serves again."""
    return _served(context, ROLL_BACK_MODEL, "rollback", "an earlier model serves again")


def _served(context: Context, task_id: str, event: Any, what: str) -> Notice:
    dag_id, run_id = context["dag"].dag_id, context["run_id"]
    served = context["ti"].xcom_pull(task_ids=task_id)
    before = f"Before: {served['before']}" if served["before"] else "It is the first."
    return Notice(
        event,
        f"{dag_id}: {what}",
        _lines(
            f"{served['endpoint']} serves the model of {served['model']}, version {served['version']}.",
            served["summary"],
            served["reason"] or "",
            before,
        ),
        run_url(dag_id, run_id),
    )


def _cause(context: Context, task_id: str) -> str:
    if cause := _told(context, task_id, FAILURE):
        return str(cause)
    error = context.get("exception")
    if error and context["ti"].task_id == task_id and type(error).__module__.startswith("airflow."):
        return str(error)
    # What a library says may quote anything: whoever may see it reads it in the log.
    return f"Its log says why: {run_url(context['dag'].dag_id, context['run_id'])}/tasks/{task_id}"


def _told(context: Context, task_id: str | None, key: str) -> Any:
    return context["ti"].xcom_pull(task_ids=task_id, key=key) if task_id else None


def _lines(*parts: str) -> str:
    return "\n".join(filter(None, parts))
