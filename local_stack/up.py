"""`make up`: the whole stack on this machine, left running with the Airflow UI until Ctrl-C."""

import os
import sys
from pathlib import Path

from include.pipeline.documents.config import DATASETS
from local_stack.aws_key import PROFILE
from local_stack.stack import LOCAL, PROJECT, USER, LocalStack

_AIRFLOW_PORT = 8080
_LOCAL_AWS_PORT = 5555


def stack_of_up() -> LocalStack:
    """Describe the stack that `make up` runs."""
    return LocalStack(
        LOCAL / "airflow",
        airflow_port=int(os.environ.get("AIRFLOW_PORT", _AIRFLOW_PORT)),
        local_aws_port=int(os.environ.get("LOCAL_AWS_PORT", _LOCAL_AWS_PORT)),
        variables={"source_local_folder": os.environ.get("SOURCE_FOLDER", str(DATASETS))},
    )


def main() -> None:
    """Print where the UI is and who may log in, then become honcho, whose files only its user can read."""
    # Database, logs, keys and what local AWS keeps: for nobody else on this machine.
    os.umask(0o077)
    stack = stack_of_up()
    stack.home.mkdir(parents=True, exist_ok=True)
    stack.home.chmod(0o700)
    stack.prepare()
    stack.renew_aws_key()
    folder = Path(stack.variables["source_local_folder"])
    sample = min(folder.glob("*.csv"), default=folder / "file.csv")
    print(
        f"\n  Airflow    {stack.airflow_url}   user {USER}, password {stack.password}"
        f"\n  local AWS  {stack.aws_url}   for the AWS CLI and SDKs:"
        f"\n             export AWS_SHARED_CREDENTIALS_FILE={stack.aws_credentials} AWS_PROFILE={PROFILE}\n"
        f"\n  Offline, trigger with data_url = {sample}"
        "\n  Ctrl-C stops everything.\n",
        flush=True,
    )
    os.chdir(PROJECT)
    os.execve(sys.executable, stack.command(), stack.environment())  # noqa: S606 - our own command line


if __name__ == "__main__":
    main()
