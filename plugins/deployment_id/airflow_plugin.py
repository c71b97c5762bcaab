"""What Airflow registers: a listener that makes this Airflow's id when it starts for the first time.

Each of Airflow's processes imports this module, hence nothing heavy here.
"""

import logging
import sys
from typing import Any

from airflow.listeners import hookimpl
from airflow.plugins_manager import AirflowPlugin

from include.airflow_names import DEPLOYMENT_ID

log = logging.getLogger(__name__)


class DeploymentId:
    """Makes the Variable that tells this Airflow's runs from those of others in the same AWS account.

    Tasks have no database, and no way to make a Variable only where there is none: two of them, at the same
    time, would each take another id. Scheduler, DAG processor and triggerer have the database, whose unique
    key lets one of them make it, before there is any run.
    """

    @hookimpl
    def on_starting(self, component: Any) -> None:
        """Make it, where the component has the database and no id is there, nor set elsewhere."""
        # Airflow calls this in the process of each task, too, for which the import would take seconds.
        jobs = sys.modules.get("airflow.jobs.job")
        if jobs and isinstance(component, jobs.Job):
            make_deployment_id()


def make_deployment_id() -> None:
    """Make the Variable unless there is one, also where several try at the same time."""
    from airflow.models.variable import Variable
    from airflow.utils.session import create_session
    from sqlalchemy.exc import IntegrityError

    from include.pipeline.aws.deployment_id import new_deployment_id

    # The administrator may have set it in the environment, or in a secrets backend.
    if Variable.get(DEPLOYMENT_ID, default_var=None) is not None:
        return
    made = new_deployment_id()
    variable: Any = Variable
    description = "Which Airflow this is, in the names of all that its runs make on AWS: docs/deployments.md"
    try:
        with create_session(scoped=False) as session:
            session.add(variable(key=DEPLOYMENT_ID, val=made, description=description))
    except IntegrityError:
        # Another component was quicker.
        return
    log.info("This Airflow is deployment %s", made)


class DeploymentIdPlugin(AirflowPlugin):
    """Each Airflow has an id of its own."""

    name = "deployment_id"
    listeners: list[Any] = [DeploymentId()]  # noqa: RUF012 - as AirflowPlugin declares it
