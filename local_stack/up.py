"""`make up`: the whole stack on this machine, left running with the Airflow UI until Ctrl-C."""

import argparse
import os
import signal
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import httpx
from filelock import FileLock, Timeout

from include.pipeline.documents.config import DATASETS
from local_stack.airflow_api import AirflowApi
from local_stack.aws_key import PROFILE
from local_stack.demo import DAG_ID
from local_stack.ended import Ended
from local_stack.ports import check_free, port_of
from local_stack.run_lines import RunLines
from local_stack.stack import LOCAL, USER, LocalStack, StackError
from local_stack.supervision.foreground import Lines, run_in_foreground
from local_stack.supervision.interruption import InterruptionError, raise_on_signals
from local_stack.supervision.terminal import TerminalGoneError, say

_AIRFLOW_PORT = 8080
_LOCAL_AWS_PORT = 5555
_LOOK_SECONDS = 2.0
_SETTINGS = {
    # Seconds until a YAML that somebody writes is a DAG.
    "AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "30",
    # A task that an ended stack has left running starts again as soon as its scheduler is known to be gone.
    "AIRFLOW__SCHEDULER__ORPHANED_TASKS_CHECK_INTERVAL": "15",
    # A machine on which people work answers late at times.
    "AIRFLOW__WORKERS__EXECUTION_API_TIMEOUT": "30",
}


def stack_of_up() -> LocalStack:
    """Describe the stack that `make up` runs.

    Raises:
        PortError: The environment gives a port that is none.
    """
    return LocalStack(
        LOCAL / "airflow",
        airflow_port=port_of("AIRFLOW_PORT", _AIRFLOW_PORT),
        local_aws_port=port_of("LOCAL_AWS_PORT", _LOCAL_AWS_PORT),
        variables={"source_local_folder": os.environ.get("SOURCE_FOLDER", str(DATASETS))},
        settings=_SETTINGS,
        aws_data=LOCAL / "aws",
    )


def address(stack: LocalStack) -> str:
    """Write where the UI is and who may log in, and how local AWS is asked."""
    folder = Path(stack.variables["source_local_folder"])
    sample = min(folder.glob("*.csv"), default=folder / "file.csv")
    return (
        f"\n  Airflow    {stack.airflow_url}   user {USER}, password {stack.password}"
        f"\n  local AWS  {stack.aws_url}   for the AWS CLI and SDKs:"
        f"\n             export AWS_SHARED_CREDENTIALS_FILE={stack.aws_credentials} AWS_PROFILE={PROFILE}\n"
        f"\n  Offline, trigger with data_url = {sample}"
        "\n  Ctrl-C stops everything.\n"
    )


def tell(stack: LocalStack, lines: Lines) -> None:
    """Tell when the UI answers, and from then on what has ended: for ever."""
    with AirflowApi(stack.airflow_url, USER, stack.password) as airflow:
        began = datetime.now(UTC)
        while not airflow.is_ready(DAG_ID):
            time.sleep(0.5)
        lines.put(address(stack))
        ended = RunLines(Ended(airflow), stack.home / "logs", began)
        while True:
            try:
                for line in ended.new():
                    lines.put(line)
            except httpx.HTTPStatusError as error:
                lines.put(f"Airflow's API answers {error.response.status_code}: {error.request.url}")
                with suppress(httpx.HTTPError):
                    airflow.log_in()
            except httpx.TransportError as error:
                lines.put(f"Airflow's API does not answer ({error!r}).")
            time.sleep(_LOOK_SECONDS)


def up(*, ends_with_parent: bool) -> int:
    """Run the stack until it is interrupted.

    Returns:
        The exit code.

    Raises:
        StackError: A port is none or in use.
    """
    stack = stack_of_up()
    check_free({"AIRFLOW_PORT": stack.airflow_port, "LOCAL_AWS_PORT": stack.local_aws_port})
    stack.home.mkdir(parents=True, exist_ok=True)
    stack.home.chmod(0o700)
    say(
        "Starting local AWS and Airflow, which takes half a minute, the first time more."
        f"\nLogs of the services: {stack.service_logs}; of tasks: {stack.home / 'logs'}"
    )
    stack.prepare()
    stack.renew_aws_key()
    return run_in_foreground(
        stack.services(), lambda lines: tell(stack, lines), ends_with_parent=ends_with_parent
    )


def main() -> int:
    """Run the stack from the command line.

    Returns:
        The exit code.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--end-with-parent",
        action="store_true",
        help="stop, too, when the process has ended that started this",
    )
    arguments = parser.parse_args()
    # Database, logs, keys and what local AWS keeps: for nobody else on this machine.
    os.umask(0o077)
    # In the background of a script, too: nothing else ends it with its script.
    raise_on_signals(signal.SIGINT)
    LOCAL.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(LOCAL / "up.lock", timeout=0):
            return up(ends_with_parent=arguments.end_with_parent)
    except Timeout:
        sys.stderr.write(f"Another `make up` runs in {LOCAL}: use that one, or stop it.\n")
    except StackError as error:
        sys.stderr.write(f"{error}\n")
    except InterruptionError as interruption:
        return 128 + interruption.number
    except TerminalGoneError:
        return 141
    return 1


if __name__ == "__main__":
    sys.exit(main())
