"""Why a run has no report."""

from dataclasses import dataclass

from plugins.model_report.runs import DELETION, EVALUATION, Run

# Of Airflow's task states: those in which something is still to come.
_AT_WORK = {
    "scheduled": "is about to be queued",
    "queued": "is queued",
    "running": "is running",
    "restarting": "is being restarted",
    "deferred": "is running and waits in the triggerer",
    "up_for_retry": "has failed and will be tried again",
    "up_for_reschedule": "will be looked at again",
}


@dataclass(frozen=True)
class Absence:
    """Why there is no report: a heading, and sentences with task names apart from the text."""

    title: str
    text: str
    tasks: tuple[str, ...] = ()
    """Names of tasks that the text is about."""


def why_no_report(run: Run, *, is_evaluated: bool) -> Absence:
    """Say why a run has no report.

    Args:
        run: The run.
        is_evaluated: Whether its metrics.json is there.
    """
    failed = tuple(task for task, state in run.tasks.items() if state == "failed")
    if run.tasks.get(DELETION) == "success" and not is_evaluated:
        return Absence("The data was deleted", _DELETED)
    if not run.is_over:
        return _of_unfinished(run, failed)
    if run.state == "success":
        return Absence("No report", _PLAIN)
    if not failed:
        return Absence("Failed without a report", "The run was marked as failed, or none of its tasks ran.")
    if run.tasks.get(EVALUATION) == "success":
        text = (
            "The model was evaluated, but the run failed and wrote no report. The log of the task says why."
        )
        return Absence("Failed without a report", text, failed)
    text = "So there are no figures of the model. The log of the task says why."
    return Absence("Failed before the evaluation", text, failed)


_DELETED = (
    "The run deleted what it had stored on S3, its report too, as its Param delete_data asked. "
    "The log of its evaluation still has the confusion matrix."
)
_PLAIN = (
    "The run succeeded, but there is no report of it on S3: it is older than the reports, "
    "or somebody has removed it."
)


def _of_unfinished(run: Run, failed: tuple[str, ...]) -> Absence:
    at_work = tuple(task for task, state in run.tasks.items() if state in _AT_WORK)
    if run.state == "queued":
        return Absence("The run is queued", "The report is written at its end.")
    if failed:
        return Absence("The run has failed and is being torn down", "There is no report so far.", failed)
    if not at_work:
        return Absence("The run is running", "The report is written at its end.")
    does = _AT_WORK[run.tasks[at_work[0]] or ""]
    text = f"The task {does}. The report is written at the end of the run: load this page again then."
    return Absence("The run is running", text, at_work[:1])
