"""`make demo`: the whole pipeline once on this machine, from nothing to a model's figures."""

import argparse
import os
import shutil
import sys
import time
from pathlib import Path

import httpx
from filelock import FileLock, Timeout
from rich.console import Console
from rich.live import Live

from include.pipeline.documents.config import DATASETS, load_config
from include.pipeline.documents.metrics import read_evaluation
from include.pipeline.documents.plan import PlanReference
from include.pipeline.errors import ConfigError
from local_stack import screen
from local_stack.airflow_api import AirflowApi, RunState
from local_stack.results import LocalAwsClient
from local_stack.stack import LOCAL, REGION, LocalStack, StackError
from local_stack.supervision.interruption import InterruptionError, raise_on_signals
from local_stack.supervision.process_tree import end_descendants, keep_orphans

DAG_ID = "bank_marketing"
SAMPLE = DATASETS / f"{DAG_ID}_sample.csv"
RUNS = LOCAL / "runs"

_RUN_SECONDS = 900
_SECONDS_TO_KILL = 2.0
_SECONDS_BETWEEN_LINES = 2.5
# The demo defers nothing: it does without the triggerer.
_PROCESSES = ("local_aws", "api_server", "scheduler", "dag_processor")

console = Console(highlight=False)


def choose_data(asked: str | None, pipeline: str = DAG_ID) -> str:
    """Decide what to train on: what was asked for, else the pipeline's data, else, offline, the sample.

    Args:
        asked: A path or a URL.
        pipeline: Which one. That of an example has its table beside its YAML file.

    Raises:
        StackError: The path leads to no file.
    """
    if asked:
        if "://" in asked:
            return asked
        path = Path(asked).resolve()
        if not path.is_file():
            raise StackError(f"DATA={asked}: there is no such file")
        return path.as_uri()
    url = load_config(pipeline).params.data_url
    if pipeline != DAG_ID:
        if url.startswith("https://"):
            return url
        if (sample := DATASETS / url).is_file():
            return sample.as_uri()
        raise StackError(f"PIPELINE={pipeline}: say where its data is on this machine, with DATA=path")
    try:
        httpx.head(url, timeout=5).raise_for_status()
    except httpx.HTTPError as error:
        console.print(
            f"The tutorial's data cannot be reached ({type(error).__name__}): using the bundled synthetic "
            f"sample, {SAMPLE.name}.",
            soft_wrap=True,
        )
        return SAMPLE.as_uri()
    return url


def run_demo(data_url: str, pipeline: str = DAG_ID) -> bool:
    """Start the stack, run a pipeline's DAG, show it, keep its results, stop the stack.

    Returns:
        Whether the run succeeded.
    """
    home = LOCAL / "demo"
    shutil.rmtree(home, ignore_errors=True)
    variables = {}
    if data_url.startswith("file://"):
        variables["source_local_folder"] = str(Path(httpx.URL(data_url).path).parent)
    stack = LocalStack(home, variables=variables)
    with console.status("Preparing Airflow's database"):
        stack.prepare()
    with (
        console.status("Starting local AWS and Airflow") as starting,
        stack.running(*_PROCESSES, dag_id=pipeline) as airflow,
    ):
        starting.stop()
        run = _watch(airflow, pipeline, airflow.trigger(pipeline, {"data_url": data_url}).dag_run_id)
        if run.state != "success":
            _show_failures(airflow, pipeline, run)
            return False
        _show_results(airflow, pipeline, run, LocalAwsClient(stack.aws_url, REGION, stack.aws_key))
    return True


def _watch(airflow: AirflowApi, pipeline: str, run_id: str) -> RunState:
    order = airflow.task_order(pipeline)
    deadline = time.monotonic() + _RUN_SECONDS
    look, told = 0.0, dict[str, str]()
    with Live(console=console, auto_refresh=False) as live:
        while True:
            run = airflow.run(pipeline, run_id)
            tasks = airflow.tasks(pipeline, run_id)
            running = [task for task in tasks if task.state == "running"]
            if time.monotonic() > look:
                # A log is read whole: as often as it may have a new line.
                look = time.monotonic() + _SECONDS_BETWEEN_LINES
                lines = {task.task_id: airflow.progress(pipeline, run_id, task) for task in running}
                told = {name: line for name, line in lines.items() if line}
            now = {task.task_id: told[task.task_id] for task in running if task.task_id in told}
            live.update(screen.progress(order, tasks, now), refresh=True)
            if run.is_over:
                return run
            if time.monotonic() > deadline:
                raise StackError(f"The run is not over after {_RUN_SECONDS} s")
            time.sleep(0.5)


def _show_failures(airflow: AirflowApi, pipeline: str, run: RunState) -> None:
    for task in airflow.tasks(pipeline, run.dag_run_id):
        if task.state == "failed":
            console.rule(f"{task.task_id} failed")
            told = airflow.failure(pipeline, run.dag_run_id, task.task_id)
            lines = [told] if told else airflow.log_tail(pipeline, run.dag_run_id, task, lines=12)
            for line in lines:
                console.print(line, markup=False)


def _show_results(airflow: AirflowApi, pipeline: str, run: RunState, aws: LocalAwsClient) -> None:
    reference = PlanReference.model_validate(airflow.xcom(pipeline, run.dag_run_id, "plan_run"))
    plan = aws.plan(reference)
    folder = RUNS / plan.key
    aws.fetch(plan, folder)
    metrics = read_evaluation((folder / "metrics.json").read_bytes(), "metrics.json")
    console.print(screen.summary(plan, metrics, aws.leftovers(plan.bucket), RUNS / "latest", run.seconds))


def main() -> int:
    """Run the demo from the command line; the exit code is 0 only if the run succeeded."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", help="a CSV file's path or URL, instead of the tutorial's")
    parser.add_argument(
        "--pipeline", default=DAG_ID, help="which of include/datasets, instead of the tutorial's"
    )
    arguments = parser.parse_args()
    raise_on_signals()
    # If the services' keeper is killed, what it has kept is below this process.
    keep_orphans()
    LOCAL.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(LOCAL / "demo.lock", timeout=0):
            data_url = choose_data(arguments.data, arguments.pipeline)
            return 0 if run_demo(data_url, arguments.pipeline) else 1
    except Timeout:
        console.print("Another demo runs in this folder: wait for its end, or stop it.", style="bold red")
    except (StackError, ConfigError) as error:
        console.print(str(error), style="bold red", markup=False)
    except httpx.TransportError as error:
        logs = LOCAL / "demo" / "services"
        console.print(f"Airflow does not answer any more ({error}): see the logs in {logs}", style="bold red")
    except InterruptionError:
        console.print("Stopped.")
        return 130
    finally:
        end_descendants(os.getpid(), _SECONDS_TO_KILL)
    return 1


if __name__ == "__main__":
    sys.exit(main())
