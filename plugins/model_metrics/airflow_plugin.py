"""What Airflow registers: a listener that hands the figures of a run's model to Airflow's metrics.

Each of Airflow's processes imports this module, hence nothing heavy here.
"""

import logging
from typing import TYPE_CHECKING, Any

from airflow.listeners import hookimpl
from airflow.plugins_manager import AirflowPlugin

from include.airflow_names import CHECK_QUALITY, FIGURES

if TYPE_CHECKING:
    from airflow.models.dagrun import DagRun

    from include.pipeline.documents.metrics import ListedModel

log = logging.getLogger(__name__)

FIGURE = "model"
"""Gauges begin with it, and go on with the figure's name: `model.roc_auc`."""
PASSED = "model.passed"
"""1 where the model has passed the gate, 0 where it has not."""


class ModelMetrics:
    """Sends the figures of a run whose model was judged, when the run ends."""

    @hookimpl
    def on_dag_run_success(self, dag_run: "DagRun") -> None:
        """Send them."""
        _send(dag_run)

    @hookimpl
    def on_dag_run_failed(self, dag_run: "DagRun") -> None:
        """Send them where the gate has failed the run, or a later task."""
        _send(dag_run)


def _send(dag_run: "DagRun") -> None:
    from airflow.observability.stats import gauge
    from airflow.utils.state import TaskInstanceState
    from sqlalchemy.orm import object_session

    session = object_session(dag_run)
    # `airflow dags test` tells of a run that is bound to none.
    if session is None:
        return
    gate = dag_run.get_task_instance(CHECK_QUALITY, session=session)
    # One that has not judged may have told something before the run was cleared.
    if gate is None or gate.state not in {TaskInstanceState.SUCCESS, TaskInstanceState.FAILED}:
        return
    figures = _told(session, dag_run)
    if figures is None:
        return
    tags = {"dag_id": dag_run.dag_id}
    for name in figures.FIGURES:
        value = getattr(figures, name)
        if value is not None:
            gauge(f"{FIGURE}.{name}", value, tags=tags)
    gauge(PASSED, int(gate.state == TaskInstanceState.SUCCESS), tags=tags)


def _told(session: Any, dag_run: "DagRun") -> "ListedModel | None":
    """Read what the gate told; None where it told nothing that can be read."""
    from airflow.models.xcom import XComModel
    from sqlalchemy import select

    from include.pipeline.documents.metrics import read_listed
    from include.pipeline.errors import DocumentError
    from plugins.xcom_text import json_of

    told = json_of(
        session.scalar(
            select(XComModel.value).where(
                XComModel.dag_id == dag_run.dag_id,
                XComModel.run_id == dag_run.run_id,
                XComModel.task_id == CHECK_QUALITY,
                XComModel.key == FIGURES,
            )
        )
    )
    if not isinstance(told, dict):
        return None
    try:
        return read_listed(told, f"{CHECK_QUALITY} of {dag_run.run_id}")
    except DocumentError as error:
        # Any task can write an XCom. The scheduler goes on.
        log.warning("%s", error)
        return None


class ModelMetricsPlugin(AirflowPlugin):
    """What models are worth, in Airflow's metrics."""

    name = "model_metrics"
    listeners: list[Any] = [ModelMetrics()]  # noqa: RUF012 - as AirflowPlugin declares it
