"""`make backfill`: the pipeline for each tick of its clock between two days, on the stack of `make up`."""

import argparse
import os
import sys
from datetime import date

from local_stack.demo import DAG_ID
from local_stack.up import stack_of_up

_AT_ONCE = "2"


def main() -> None:
    """Become `airflow backfill create`, with the settings of the stack that `make up` runs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--from", dest="first", required=True, type=date.fromisoformat)
    parser.add_argument("--to", dest="last", required=True, type=date.fromisoformat)
    parser.add_argument("--conf", default="{}", help="Params of each run, as JSON")
    arguments = parser.parse_args()
    command = [
        *("airflow", "backfill", "create", "--dag-id", DAG_ID),
        *("--from-date", str(arguments.first), "--to-date", str(arguments.last)),
        *("--dag-run-conf", arguments.conf),
        # What has not changed is used again, so a day that ran before costs nothing.
        *("--reprocess-behavior", "completed", "--max-active-runs", _AT_ONCE),
    ]
    os.execve(sys.executable, [sys.executable, "-m", *command], stack_of_up().environment())  # noqa: S606 - our own command line


if __name__ == "__main__":
    main()
