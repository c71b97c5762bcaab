"""Every hour, find what runs have left on SageMaker, and delete it where that is allowed."""

from datetime import timedelta

from airflow.sdk import DAG, Param

from include.operators import cleanup_tasks
from include.operators.dag.schedule import cron_schedule
from include.operators.failures.retries import RETRIES

with DAG(
    dag_id="sagemaker_janitor",
    dag_display_name="SageMaker janitor",
    description=__doc__,
    doc_md="""
A run deletes what it made. Where it could not (its worker died, and nobody cleared it), its endpoint bills
on. This DAG finds endpoints, endpoint configurations, models and running training jobs **by the tags of their
run**, when that run is over or their expiry has passed, and lists each with what it costs a day. What a run
was asked to keep (`keep_endpoint`), what carries no such tags, and what is another Airflow's is never
touched.

It only lists them until an administrator says `airflow variables set sagemaker_janitor_dry_run false`. The
Param `dry_run` makes one run list them all the same; it allows no deletion.

It works with the connection `aws_janitor` where there is one, whose role needs no more than
`python -m include.pipeline.iam` writes for it; else with `aws_default`.
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
            description="Only list what would be removed, although the Variable sagemaker_janitor_dry_run "
            "allows to remove it. Without the Variable nothing is removed, whatever stands here.",
        )
    },
    default_args={
        "owner": "data-science",
        **RETRIES,
        "execution_timeout": timedelta(minutes=50),
    },
):
    cleanup_tasks.sweep_leftovers()
