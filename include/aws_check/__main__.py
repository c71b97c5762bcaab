"""Tells what AWS lacks for a run, with the Airflow connection that runs use: `make aws-check`.

Ends with 0 where nothing is wrong, else with 1.
"""

import argparse
import os
import sys

from include.aws_check.checks import check_aws
from include.pipeline.documents.config import load_config
from include.pipeline.errors import PipelineError

# What Airflow reads when it is imported. As its own commands do, to look up connections and Variables in the
# database, too; and for its hooks not to tell at each client where its credentials come from.
_AIRFLOW = {"_AIRFLOW_PROCESS_CONTEXT": "server", "AIRFLOW__LOGGING__LOGGING_LEVEL": "ERROR"}


def main() -> int:
    """Print a line for each thing that is right, and three for what is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pipeline", help="a YAML file of include/datasets, without its ending")
    pipeline = parser.parse_args().pipeline
    try:
        config = load_config(pipeline)
    except PipelineError as error:
        parser.error(str(error))
    os.environ.update(_AIRFLOW)
    from airflow.sdk import Variable

    from include.operators.connection import hook

    wrong = 0
    for finding in check_aws(
        config,
        pipeline=pipeline,
        region=hook("sts").conn_region_name,
        default_role=Variable.get("sagemaker_role", default=None),
        client=lambda service: hook(service).conn,
    ):
        print(finding, flush=True)
        wrong += finding.verdict == "wrong"
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
