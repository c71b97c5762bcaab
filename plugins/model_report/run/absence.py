"""Why a run has no report."""

from dataclasses import dataclass

from include.airflow_names import EVALUATE_MODEL
from plugins.model_report.runs import Run

# The task states of Airflow in which a task is not yet done.
_AT_WORK = {
    "running": "is running",
    "deferred": "is running and waits in the triggerer",
    "restarting": "is being restarted",
    "up_for_retry": "has failed and will be tried again",
    "up_for_reschedule": "waits for its next look",
    "queued": "is queued",
    "scheduled": "is about to be queued",
}
_AT_ITS_END = "The report is written at the end of the run. Load this page again then."


@dataclass(frozen=True)
class Absence:
    """Why there is no report."""

    title: str
    """The reason in a few words."""
    text: str
    """The reason in sentences."""


def why_no_report(run: Run, *, is_evaluated: bool) -> Absence:
    """Say why a run has no report.

    Args:
        run: The run.
        is_evaluated: Whether its metrics.json is there.
    """
    if run.has_deleted and not is_evaluated:
        return Absence(
            "The data was deleted",
            "The run deleted all that it had stored on S3, its report too, as its Param delete_data asks. "
            "The log of its evaluation still shows the confusion matrix.",
        )
    if not run.is_over:
        return _of_unfinished(run)
    if run.state == "success":
        return Absence(
            "No report",
            "The run succeeded, but its report is not on S3. Either the run is older than the "
            "reports, or somebody has removed the report.",
        )
    if not run.failed:
        return Absence(
            "Failed without a report", "None of its tasks failed: somebody marked the run as failed."
        )
    if run.tasks.get(EVALUATE_MODEL) == "success":
        text = "The model was evaluated, but the run wrote no report. The log of what failed says why."
        return Absence("Failed without a report", text)
    text = "There are no figures of its model. The log of what failed says why."
    return Absence("Failed before the evaluation", text)


def _of_unfinished(run: Run) -> Absence:
    if run.state == "queued":
        return Absence("The run is queued", _AT_ITS_END)
    title = "The run has failed and is being torn down" if run.failed else "The run is running"
    for state, does in _AT_WORK.items():
        for task, its in run.tasks.items():
            if its == state:
                return Absence(title, f"Its task {task} {does}. {_AT_ITS_END}")
    return Absence(title, _AT_ITS_END)
