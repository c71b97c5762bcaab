"""Every hour, find what runs have left on SageMaker, and delete it where that is allowed."""

from datetime import timedelta

from airflow.sdk import DAG, Param

from include import airflow_names
from include.operators import cleanup_tasks
from include.operators.dag.documentation import describe_tasks
from include.operators.dag.notices.leftovers import tell_of_leftovers
from include.operators.dag.schedule import cron_schedule
from include.operators.failures.retries import RETRIES

with DAG(
    dag_id=airflow_names.JANITOR,
    dag_display_name="SageMaker janitor",
    description=__doc__,
    doc_md="""
A run deletes what it made. Where it could not (its worker died, and nobody cleared it), its endpoint bills
on. This DAG finds endpoints, endpoint configurations, models and running training jobs **by the tags of their
run**, when that run is over or their expiry has passed, and lists each with what it costs a day. What a run
was asked to keep (`keep_endpoint`), what carries no such tags, and what is another Airflow's is left alone.
The DAG *Delete a kept endpoint* takes away what was kept.

It only lists them until an administrator says `airflow variables set sagemaker_janitor_dry_run false`. The
Param *What to do* makes one run list them all the same; where the Variable does not allow deletions, `delete`
is refused. What is kept as asked, and what is in use and is billed, is listed too, with the run, since when,
and what may keep that run from its end.

It works with the connection `aws_janitor` where there is one, whose role needs no more than
`python -m include.pipeline.iam` writes for it; else with `aws_default`.
""",
    schedule=cron_schedule("@hourly"),
    catchup=False,
    max_active_runs=1,
    tags={"sagemaker", "costs"},
    params={
        "action": Param(
            cleanup_tasks.AS_THE_VARIABLE_SAYS,
            type="string",
            enum=[*cleanup_tasks.ACTIONS],
            title="What to do",
            description="list only: delete nothing in this run. delete: as the Variable "
            "sagemaker_janitor_dry_run allows; where that does not say false, this run is refused.",
        )
    },
    default_args={
        "owner": "data-science",
        **RETRIES,
        "execution_timeout": timedelta(minutes=50),
    },
) as dag:
    tell_of_leftovers(cleanup_tasks.sweep_leftovers().operator)
describe_tasks(dag)
