"""Every hour, find what runs have left on SageMaker, and delete it where that is allowed."""

from datetime import timedelta

from airflow.sdk import DAG, Param

from include.operators import cleanup_tasks
from include.operators.retries import RETRIES
from include.operators.schedule import cron_schedule

with DAG(
    dag_id="sagemaker_janitor",
    dag_display_name="SageMaker janitor",
    description=__doc__,
    doc_md="""
A run deletes what it made. Where it could not (its worker died, and nobody cleared it), its endpoint bills
on. This DAG finds endpoints, endpoint configurations, models and running training jobs **by the tags of their
run**, when that run is over or their expiry has passed, and lists each with what it costs a day. What a run
was asked to keep (`keep_endpoint`) and what carries no such tags is never touched.

It only lists them until `airflow variables set sagemaker_janitor_dry_run false` or, for one run, the Param
says otherwise.
""",
    schedule=cron_schedule("@hourly"),
    catchup=False,
    max_active_runs=1,
    tags={"sagemaker", "costs"},
    params={
        "dry_run": Param(
            None,
            type=["null", "boolean"],
            title="Dry run",
            description="Only list what would be removed. Empty: as the Variable sagemaker_janitor_dry_run "
            "says, else yes.",
        )
    },
    default_args={
        "owner": "data-science",
        **RETRIES,
        "execution_timeout": timedelta(minutes=50),
    },
):
    cleanup_tasks.sweep_leftovers()
