"""What Airflow registers: a tab on each DAG run, a page in the navigation, and the app behind both.

Each of Airflow's processes imports this module, hence nothing heavy here.
"""

from typing import TYPE_CHECKING, Any

from airflow.plugins_manager import AirflowPlugin

from include.airflow_names import REPORT_TAB

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

PREFIX = "model_report"


async def serve(scope: "Scope", receive: "Receive", send: "Send") -> None:
    """Answer as the app does, which only the API server needs and imports, at the first request of a page."""
    from plugins.model_report.waiting import answer, page_behind

    if page := page_behind(scope):
        await answer(scope, send, page)
        return
    from plugins.model_report.app import app

    await app(scope, receive, send)


class ModelReportPlugin(AirflowPlugin):
    """The tab "Model report" and the page "Models"."""

    name = "model_report"
    fastapi_apps: list[Any] = [  # noqa: RUF012 - as AirflowPlugin declares it
        {"app": serve, "url_prefix": f"/{PREFIX}", "name": "Model report"}
    ]
    # Relative, so that they hold where Airflow is served below a path. The UI encodes what it fills in.
    external_views: list[Any] = [  # noqa: RUF012 - as AirflowPlugin declares it
        {
            "name": "Model report",
            "href": f"{PREFIX}/open/run?dag_id={{DAG_ID}}&run_id={{RUN_ID}}",
            "destination": "dag_run",
            "url_route": REPORT_TAB,
        },
        {
            "name": "Models",
            "href": f"{PREFIX}/open/models",
            "destination": "nav",
            "category": "browse",
            "url_route": "models",
        },
    ]
