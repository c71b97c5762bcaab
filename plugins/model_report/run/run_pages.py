"""The pages of one run: its report, its tasks and logs, its predictions."""

from http import HTTPStatus
from urllib.parse import urlencode

from airflow.api_fastapi.auth.managers.models.resource_details import DagAccessEntity
from airflow.api_fastapi.core_api.security import requires_access_dag
from fastapi import APIRouter, Depends, HTTPException, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from include.pipeline.documents import config
from include.pipeline.documents.table.config import PlannedTable
from plugins.model_report import pages
from plugins.model_report.clients import OutdatedError, UnreadableError
from plugins.model_report.comparison.figures import compare_figures
from plugins.model_report.results import Results
from plugins.model_report.run.absence import why_no_report
from plugins.model_report.run.task_log import read_log
from plugins.model_report.runs import Run, find_run

router = APIRouter()
_MAY_READ_RUN = Depends(requires_access_dag("GET", DagAccessEntity.RUN))
_MAY_READ_LOGS = Depends(requires_access_dag("GET", DagAccessEntity.TASK_LOGS))


@router.get("/run", dependencies=[_MAY_READ_RUN])
def run_page(dag_id: str, run_id: str, request: Request) -> HTMLResponse:
    """Show a frame for a run's report, at once, or why it has none."""
    run = run_of(dag_id, run_id)
    if _has_report(run):
        return pages.page("framed", run=run, is_framed=_is_framed(request))
    return _without_report(run)


@router.get("/report", dependencies=[_MAY_READ_RUN])
def report_page(dag_id: str, run_id: str) -> HTMLResponse:
    """Show a run's report alone, or why it has none."""
    run = run_of(dag_id, run_id)
    body = Results().report(run)
    return pages.report(body) if body is not None else _without_report(run)


@router.get("/tasks", dependencies=[_MAY_READ_RUN])
def tasks_page(dag_id: str, run_id: str) -> HTMLResponse:
    """List a run's tasks, with links to their logs."""
    return pages.page("tasks", run=run_of(dag_id, run_id))


@router.get("/log", dependencies=[_MAY_READ_RUN, _MAY_READ_LOGS])
def log_page(dag_id: str, run_id: str, task_id: str, request: Request) -> HTMLResponse:
    """Show the log of a task's last try."""
    run = run_of(dag_id, run_id)
    log = read_log(run, task_id)
    if log is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, f"The run {run_id} has no task {task_id}.")
    return pages.page("log", run=run, task_id=task_id, log=log, is_framed=_is_framed(request))


@router.get("/predictions", dependencies=[_MAY_READ_RUN])
def predictions(dag_id: str, run_id: str) -> Response:
    """Save a run's predictions.csv, where rows of its table may be shown."""
    run, results = run_of(dag_id, run_id), Results()
    plan = results.document(run, "plan", PlannedTable)
    places = results.locations(run)
    if plan is None or not plan.table.shows_rows:
        place = f" It is {places[0].predictions}." if places else ""
        raise HTTPException(HTTPStatus.NOT_FOUND, f"No page shows rows of this table or its scores.{place}")
    content = results.predictions(run)
    if content is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, f"The run {run_id} has no predictions.csv.")
    return pages.saved(content, "predictions.csv", "text/csv")


@router.get("/against", dependencies=[_MAY_READ_RUN])
def against_page(dag_id: str, run_id: str) -> Response:
    """Lead to the comparison of a run with the model that was the last accepted one before it."""
    run = run_of(dag_id, run_id)
    evaluation = Results().evaluation(run)
    if evaluation is None or evaluation.previous is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, f"No model was accepted before that of the run {run_id}.")
    names = {"first": f"{dag_id}/{evaluation.previous.run_id}", "second": f"{dag_id}/{run_id}"}
    return RedirectResponse(f"open/compare?{urlencode(names)}", HTTPStatus.SEE_OTHER)


def _has_report(run: Run) -> bool:
    try:
        return run.has_report or Results().report(run) is not None
    except UnreadableError:
        # What has failed comes first: it may be what keeps the report from being read.
        if not run.failed:
            raise
        return False


def _is_framed(request: Request) -> bool:
    """Tell whether Airflow's pages frame this one, whose frame lets no link lead out of it."""
    return request.headers.get("Sec-Fetch-Dest") == "iframe"


def _without_report(run: Run) -> HTMLResponse:
    results = Results()
    evaluation = fault = None
    try:
        evaluation = results.evaluation(run)
    except UnreadableError as error:
        if not (run.failed or isinstance(error, OutdatedError)):
            raise
        fault = error.what
    places = results.locations(run)
    return pages.page(
        "run",
        run=run,
        absence=why_no_report(run, is_evaluated=bool(evaluation or fault)),
        evaluation=evaluation,
        fault=fault,
        rows=compare_figures([evaluation]) if evaluation else [],
        report_uri=places[0].report if places else None,
    )


def check_pipeline(dag_id: str) -> None:
    """Refuse a DAG that is no pipeline.

    Raises:
        HTTPException: It trains no model.
    """
    if dag_id not in config.pipeline_names():
        known = ", ".join(config.pipeline_names())
        raise HTTPException(
            HTTPStatus.NOT_FOUND, f"The DAG {dag_id} does not train a model. The DAGs that do: {known}."
        )


def run_of(dag_id: str, run_id: str) -> Run:
    """Look up a run.

    Raises:
        HTTPException: There is none.
    """
    check_pipeline(dag_id)
    run = find_run(dag_id, run_id)
    if run is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, f"The DAG {dag_id} has no run {run_id}.")
    return run
