"""The pages, under Airflow's own authentication and its permission for each DAG's runs."""

from http import HTTPStatus
from typing import Annotated

from airflow.api_fastapi.app import get_auth_manager
from airflow.api_fastapi.auth.managers.models.base_user import BaseUser
from airflow.api_fastapi.auth.managers.models.resource_details import DagAccessEntity, DagDetails
from airflow.api_fastapi.core_api.security import GetUserDep
from airflow.models.dag import DagModel
from fastapi import FastAPI, HTTPException, Query, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.responses import HTMLResponse

from include.airflow_names import DELETE_KEPT
from include.pipeline.documents import config
from plugins.model_report import pages
from plugins.model_report.clients import OutdatedError, UnreadableError
from plugins.model_report.comparison.figures import figure_tables
from plugins.model_report.comparison.paired import pair_with_first
from plugins.model_report.comparison.params_and_features import compare_features, compare_params, profit_by
from plugins.model_report.kept import list_kept
from plugins.model_report.listing import list_runs
from plugins.model_report.results import Results
from plugins.model_report.run.absence import why_no_report
from plugins.model_report.run.run_pages import check_pipeline, router, run_of
from plugins.model_report.run_filter import ALL_FIGURES, CompareQuery, ModelsQuery

app = FastAPI(title="Model report", openapi_url=None, redirect_slashes=False)
app.include_router(router)


@app.get("/models")
def models_page(user: GetUserDep, asked: Annotated[ModelsQuery, Query()]) -> HTMLResponse:
    """List the newest runs of each pipeline, or a later page of one; all, or those that are asked for."""
    pipeline = asked.pipeline
    if pipeline is not None:
        check_pipeline(pipeline)
    chosen = [name for name in config.pipeline_names() if pipeline in {None, name} and _may_read(user, name)]
    if not chosen:
        raise HTTPException(HTTPStatus.FORBIDDEN)
    results = Results()
    found = [list_runs(name, asked, asked.page, results) for name in chosen]
    # Of examples that nobody has run, there is nothing to see beside the others.
    listings = [each for each in found if pipeline or each.figures or not config.is_example(each.dag_id)]
    evaluated = [each for listing in listings for each in listing.evaluated if not each.run.has_deleted]
    named = {name: ALL_FIGURES[name] for name in (asked.figure, asked.x, asked.y) if name}
    figures = {name: figure for listing in listings for name, figure in listing.known.items()} | named
    current = {listing.current for listing in listings}
    others = [each.run.run_id for each in evaluated[1:]]
    return pages.page(
        "models",
        listings=listings,
        asked=asked,
        evaluated=evaluated,
        why=why_no_report,
        kept=list_kept(results, lambda dag_id: dag_id in chosen),
        delete_kept=DELETE_KEPT,
        reference=next((each for each in others if each in current), next(iter(others), None)),
        higher_is_better={name: figure.higher_is_better for name, figure in figures.items()},
        titles={name: figure.title for name, figure in figures.items()},
    )


@app.get("/compare")
def compare_page(user: GetUserDep, asked: Annotated[CompareQuery, Query()]) -> HTMLResponse:
    """Show runs side by side, each named as `dag_id/run_id`."""
    results = Results()
    # The name of a DAG has no slash. All permissions are checked before any answer about a run.
    names = [name.partition("/")[::2] for name in asked.runs]
    if not all(_may_read(user, dag_id) for dag_id, _ in names):
        raise HTTPException(HTTPStatus.FORBIDDEN)
    runs = [run_of(dag_id, run_id) for dag_id, run_id in names]
    evaluations = []
    for run in runs:
        evaluation = results.evaluation(run)
        if evaluation is None:
            raise HTTPException(HTTPStatus.NOT_FOUND, f"The run {run.run_id} of {run.dag_id} has no figures.")
        evaluations.append(evaluation)
    kinds = list(dict.fromkeys(each.kind for each in evaluations))
    if len(kinds) > 1:
        raise HTTPException(
            HTTPStatus.NOT_FOUND,
            f"The labels of the runs are of different kinds, {' and '.join(kinds)}: they have no figures in "
            "common.",
        )
    try:
        plans = [found for run in runs if (found := results.planned(run)) is not None]
        params_fault = None if len(plans) == len(runs) else "The plan of one of the runs is absent from S3."
    except OutdatedError as error:
        plans, params_fault = [], error.what
    paired = pair_with_first(runs, evaluations, results)
    return pages.page(
        "compare",
        runs=runs,
        evaluations=evaluations,
        tables=figure_tables(evaluations, paired.pairs, profit_by(plans[0]) if plans else None),
        why_not=paired.why_not,
        is_compared=any(paired.pairs),
        features=compare_features(evaluations),
        params=None if params_fault else compare_params([plan.params for plan in plans]),
        params_fault=params_fault,
    )


def _may_read(user: BaseUser, dag_id: str) -> bool:
    # What requires_access_dag does, which looks for the DAG in the address's dag_id only.
    details = DagDetails(id=dag_id, team_name=DagModel.get_team_name(dag_id))
    return get_auth_manager().is_authorized_dag(
        method="GET", access_entity=DagAccessEntity.RUN, details=details, user=user
    )


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
    faults = error.errors()
    names = ", ".join(sorted({str(fault["loc"][-1]) for fault in faults if len(fault["loc"]) > 1}))
    text = (
        f"In the address, the value of {names} is missing or not valid."
        if names
        else "The address is not valid."
    )
    reasons = [str(fault["ctx"]["error"]) for fault in faults if fault["type"] == "value_error"]
    text = " ".join((text, *(f"Expected: {reason}." for reason in reasons)))
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
