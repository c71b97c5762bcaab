"""From a form: take away an endpoint that a run was asked to keep."""

from datetime import timedelta

from airflow.sdk import DAG, Param

from include import airflow_names
from include.operators import cleanup_tasks
from include.operators.dag.documentation import describe_tasks
from include.operators.failures.retries import RETRIES

with DAG(
    dag_id=airflow_names.DELETE_KEPT,
    dag_display_name="Delete a kept endpoint",
    description="Take away an endpoint that a run was asked to keep, with its configuration and its model.",
    doc_md="""
A run with `keep_endpoint` leaves its endpoint, which is billed day and night until somebody deletes it. The
page *Browse*, *Models* lists what is kept, since when, and what it costs a day. Copy a name from there,
*Trigger* this DAG, and paste it into the form. Its endpoint, endpoint configuration and model go; the model's
file on S3 stays, and so do the run's results.

With an empty form the task lists what is kept, and deletes nothing. Only what this Airflow's own runs were
asked to keep can be named. It works with the same connection as the janitor.
""",
    schedule=None,
    catchup=False,
    tags={"sagemaker", "costs"},
    params={
        "endpoint": Param(
            None,
            type=["null", "string"],
            title="Endpoint",
            description="Its name, as the page Models has it. Empty: list what is kept, and delete nothing.",
        )
    },
    default_args={
        "owner": "data-science",
        **RETRIES,
        "execution_timeout": timedelta(minutes=30),
    },
) as dag:
    cleanup_tasks.delete_kept_endpoint()
describe_tasks(dag)
