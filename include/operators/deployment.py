"""Which Airflow this is, as its tasks know it.

The plugin `deployment_id` makes the Variable when Airflow starts for the first time. Tasks read it where they
act, and not from the plan, which a copy of another Airflow's database has, too.
"""

from typing import TYPE_CHECKING

from include.airflow_names import DEPLOYMENT_ID

if TYPE_CHECKING:
    from include.pipeline.aws.tags import RunTags


def own_deployment_id() -> str:
    """Read it from the Airflow Variable.

    Raises:
        ParamError: There is none, or it is not valid.
    """
    from airflow.sdk import Variable

    from include.pipeline.aws.deployment_id import check_deployment_id
    from include.pipeline.errors import ParamError

    found = Variable.get(DEPLOYMENT_ID, default=None)
    if found is None:
        raise ParamError(
            f"the Variable {DEPLOYMENT_ID} is not there",
            "it tells the runs of this Airflow from those of others in the same AWS account",
            "Restart the scheduler with the folder plugins/, which makes it, or set it: docs/deployments.md",
        )
    return check_deployment_id(found)


def check_deployment(planned: str) -> str:
    """See that a plan is this Airflow's own.

    Args:
        planned: The plan's deployment id; empty where a version without one has planned the run.

    Returns:
        The same.

    Raises:
        OwnerError: Another Airflow has planned the run.
    """
    from include.pipeline.errors import OwnerError

    if planned and planned != (own := own_deployment_id()):
        raise OwnerError(
            f"the plan of this run is of deployment {planned!r}",
            f"this Airflow is deployment {own!r}, and touches only what its own runs made",
            "Clear the run, so that it is planned anew. Was the id changed, or the database copied: "
            "docs/deployments.md",
        )
    return planned


def tags_of(dag_id: str, run_id: str, name: str) -> "RunTags":
    """Work out by which tags a run's own resource is known, whatever its plan says.

    Args:
        dag_id: Of the run's DAG.
        run_id: Of the run.
        name: Of the resource. One that a version without deployments has planned has other names than a
            run of this version could have, and tags without deployment.
    """
    from include.pipeline.aws.tags import RunTags
    from include.pipeline.planning.names import is_named_for, run_key

    is_of_before = is_named_for(name, run_key("", dag_id, run_id))
    deployment_id = "" if is_of_before else own_deployment_id()
    return RunTags(deployment_id=deployment_id, dag_id=dag_id, run_id=run_id, expires=None)
