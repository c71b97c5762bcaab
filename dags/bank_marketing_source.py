"""Look whether the source of the bank-marketing data has changed, and start the pipeline when it has."""

from datetime import timedelta

from airflow.sdk import DAG

from include.operators.retries import RETRIES
from include.operators.schedule import cron_schedule
from include.operators.watching import look_at_source, source_asset
from include.pipeline.documents.config import load_config

config = load_config("bank_marketing")
source = source_asset("bank_marketing")

with DAG(
    dag_id="bank_marketing_source",
    dag_display_name=f"{config.title}: source",
    description=__doc__,
    doc_md="""
Asks the server of `data_url`, as `include/datasets/bank_marketing.yaml` has it, which version of the file
there is: by its ETag or, without one, its Last-Modified, without downloading it. When that is another than
the last time, the asset `bank_marketing_source` is updated, with the version, and `bank_marketing` runs once,
where that DAG is switched on; its run reads the same `data_url`. Otherwise the task is **skipped**, and says
why.

The first look at a URL only remembers its version: switching this DAG on starts no run. A server that does
not answer is asked again, and then the look fails; the next one compares with the same version. A dated
`data_url` (`{interval_start:...}`) is not watched.
""",
    schedule=cron_schedule(config.watch),
    catchup=False,
    # Two looks at once would announce the same change twice.
    max_active_runs=1,
    tags={*config.tags, "source"},
    default_args={
        "owner": config.owner,
        **RETRIES,
        "execution_timeout": timedelta(minutes=5),
    },
):
    look_at_source.override(inlets=[source], outlets=[source])("bank_marketing")
