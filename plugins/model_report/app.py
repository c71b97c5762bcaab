"""The pages, under Airflow's own authentication and its permission for each DAG's runs."""

from http import HTTPStatus
from typing import Annotated

from airflow.api_fastapi.app import get_auth_manager
from airflow.api_fastapi.auth.managers.models.base_user import BaseUser
from airflow.api_fastapi.auth.managers.models.resource_details import DagAccessEntity, DagDetails
from airflow.api_fastapi.core_api.security import GetUserDep, requires_access_dag
from airflow.models.dag import DagModel
from fastapi import Depends, FastAPI, HTTPException, Query, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.responses import HTMLResponse

from include.airflow_names import DELETE_KEPT
from include.pipeline.documents import config
from plugins.model_report import pages
from plugins.model_report.absence import why_no_report
from plugins.model_report.clients import OutdatedError, UnreadableError
from plugins.model_report.compared_figures import compare_figures, figure_tables
from plugins.model_report.comparison import compare_features, compare_params, profit_by
from plugins.model_report.kept import list_kept
from plugins.model_report.listing import list_runs
from plugins.model_report.paired import NotComparableError, pair
from plugins.model_report.results import Results
from plugins.model_report.run_filter import ModelsQuery
from plugins.model_report.runs import Run, find_run

app = FastAPI(title="Model report", openapi_url=None, redirect_slashes=False)


@app.get("/run", dependencies=[Depends(requires_access_dag("GET", DagAccessEntity.RUN))])
def run_page(dag_id: str, run_id: str) -> HTMLResponse:
    """Show a run's report, or why it has none."""
    run = _run(dag_id, run_id)
    results = Results()
    body = results.report(run)
    if body is not None:
        return pages.report(body)
    fault = None
    try:
        evaluation = results.evaluation(run)
    except OutdatedError as error:
        evaluation, fault = None, error.what
    places = results.locations(run)
    return pages.page(
        "run",
        run=run,
        absence=why_no_report(run, is_evaluated=bool(evaluation or fault)),
        evaluation=evaluation,
        fault=fault,
        rows=compare_figures(evaluation, evaluation) if evaluation else [],
        report_uri=places[0].report if places else None,
    )


@app.get("/models")
def models_page(user: GetUserDep, asked: Annotated[ModelsQuery, Query()]) -> HTMLResponse:
    """List the newest runs of each pipeline, or a later page of one; all, or those that are asked for."""
    pipeline = asked.pipeline
    if pipeline is not None:
        _check_pipeline(pipeline)
    chosen = [name for name in config.pipeline_names() if pipeline in {None, name} and _may_read(user, name)]
    if not chosen:
        raise HTTPException(HTTPStatus.FORBIDDEN)
    results = Results()
    listings = [list_runs(name, asked, asked.page, results) for name in chosen]
    evaluated = [each for listing in listings for each in listing.evaluated if not each.run.has_deleted]
    return pages.page(
        "models",
        listings=listings,
        asked=asked,
        evaluated=evaluated,
        why=why_no_report,
        kept=list_kept(results, lambda dag_id: dag_id in chosen),
        delete_kept=DELETE_KEPT,
    )


@app.get("/compare")
def compare_page(user: GetUserDep, first: str, second: str) -> HTMLResponse:
    """Show two runs side by side, each named as `dag_id/run_id`."""
    results = Results()
    # The name of a DAG has no slash. All permissions are checked before any answer about a run.
    names = [name.partition("/")[::2] for name in (first, second)]
    if not all(_may_read(user, dag_id) for dag_id, _ in names):
        raise HTTPException(HTTPStatus.FORBIDDEN)
    runs = [_run(dag_id, run_id) for dag_id, run_id in names]
    evaluations = [results.evaluation(run) for run in runs]
    for run, evaluation in zip(runs, evaluations, strict=True):
        if evaluation is None:
            raise HTTPException(HTTPStatus.NOT_FOUND, f"The run {run.run_id} of {run.dag_id} has no figures.")
    one, other = (evaluation for evaluation in evaluations if evaluation is not None)
    if one.kind != other.kind:
        raise HTTPException(
            HTTPStatus.NOT_FOUND,
            f"The labels of the two runs are of different kinds, {one.kind} and {other.kind}: they have no "
            "figures in common.",
        )
    try:
        plans = [found for run in runs if (found := results.planned(run)) is not None]
        params_fault = None if len(plans) == len(runs) else "The plan of one of the runs is absent from S3."
    except OutdatedError as error:
        plans, params_fault = [], error.what
    try:
        paired, why_not = pair(runs, (one, other), results), None
    except NotComparableError as error:
        paired, why_not = None, str(error)
    return pages.page(
        "compare",
        runs=runs,
        evaluations=(one, other),
        tables=figure_tables(one, other, paired, profit_by(plans[0]) if plans else None),
        why_not=why_not,
        features=compare_features(one, other),
        params=None if params_fault else compare_params(*(plan.params for plan in plans)),
        params_fault=params_fault,
    )


def _check_pipeline(dag_id: str) -> None:
    if dag_id not in config.pipeline_names():
        known = ", ".join(config.pipeline_names())
        raise HTTPException(
            HTTPStatus.NOT_FOUND, f"The DAG {dag_id} does not train a model. The DAGs that do: {known}."
        )


def _may_read(user: BaseUser, dag_id: str) -> bool:
    # What requires_access_dag does, which looks for the DAG in the address's dag_id only.
    details = DagDetails(id=dag_id, team_name=DagModel.get_team_name(dag_id))
    return get_auth_manager().is_authorized_dag(
        method="GET", access_entity=DagAccessEntity.RUN, details=details, user=user
    )


def _run(dag_id: str, run_id: str) -> Run:
    _check_pipeline(dag_id)
    run = find_run(dag_id, run_id)
    if run is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, f"The DAG {dag_id} has no run {run_id}.")
    return run


@app.exception_handler(StarletteHTTPException)
def _refused(_request: Request, error: StarletteHTTPException) -> HTMLResponse:
    match error.status_code:
        case HTTPStatus.UNAUTHORIZED:
            title, text = "Not logged in", "Log in to Airflow, then load this page again."
        case HTTPStatus.FORBIDDEN:
            title, text = (
                "Not allowed",
                "You may not read the runs of this DAG. Ask the administrator of Airflow for the permission.",
            )
        case HTTPStatus.NOT_FOUND:
            title, text = "No model to show", error.detail
        case status:
            title, text = HTTPStatus(status).phrase, error.detail
    return pages.message(error.status_code, title, text)


@app.exception_handler(RequestValidationError)
def _malformed(_request: Request, error: RequestValidationError) -> HTMLResponse:
    names = ", ".join(sorted({str(fault["loc"][-1]) for fault in error.errors()}))
    text = f"In the address, the value of {names} is missing or not valid."
    return pages.message(HTTPStatus.UNPROCESSABLE_ENTITY, "Not a valid address", text)


@app.exception_handler(OutdatedError)
def _outdated(_request: Request, error: OutdatedError) -> HTMLResponse:
    return pages.message(HTTPStatus.NOT_FOUND, "No model to show", f"{error.what} {error.mend}")


@app.exception_handler(UnreadableError)
def _unreadable(_request: Request, error: UnreadableError) -> HTMLResponse:
    text = f"{error.what} {error.mend}"
    return pages.message(HTTPStatus.SERVICE_UNAVAILABLE, "The results could not be read", text)


@app.exception_handler(Exception)
def _failed(_request: Request, _error: Exception) -> HTMLResponse:
    text = "This page could not be made. The log of Airflow's API server says why."
    return pages.message(HTTPStatus.INTERNAL_SERVER_ERROR, "Something went wrong", text)
