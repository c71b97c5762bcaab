"""A whole run on the local stack, beside a DAG of its shape that does nothing, and the tutorial's script.

What Airflow takes for as many tasks, and what the work takes in one process, are what a run cannot be quicker
than. A run that uses a model again leaves out the training and the endpoint. All are of one stack, in turns.
"""

import os
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.child import run as run_child
from bench.figures import Figure, show
from bench.turns import in_turns, median_ratio
from local_stack.airflow_api import AirflowApi
from local_stack.demo import DAG_ID
from local_stack.results import LocalAwsClient
from local_stack.stack import REGION, LocalStack
from tests.aws.waiting import wait_until
from tests.e2e.changed_project import changed_project
from tests.e2e.running_stack import RunningStack
from tests.tutorial_data import BANK_CLEAN

_EMPTY = "empty_shape"
_ROUNDS = 3
_PARSE_SECONDS = 300
_PROCESSES = ("local_aws", "api_server", "scheduler", "dag_processor")

_TEXT = """\
What a task does before and beside its work, and what became of it:

- Kept: all that tasks import is loaded before they are forked, the report's templates and the YAML files too;
  a boto3 session serves all hooks of a connection; a client for IAM is made where a role is given by name. A
  short task of a run took 0.5 s, and takes 0.2 to 0.3 s; an empty one takes 0.1 s.
- Kept: the scheduler waits for the end of a task, not for a time between its looks: a run takes a tenth less,
  and a stack at which nothing happens half the processor time.
- Kept: a job or an endpoint is looked at a tenth later than the last time, so that what takes two seconds is
  seen within a quarter of one. Two small models that tell whether the order of the rows carries the label are
  trained beside the split; the model is explained beside its scoring, and the model before asked beside both.
  Together they save a sixth of a run.
- Left: what the script has nothing of. SHAP values, the model of the run before and intervals are 0.7 s of
  `evaluate_model`, the report's plots 0.5 s of `write_report`, the small models, where they are last, 0.3 s
  of `split_data`. Each of the 15 tasks asks Airflow for what those before it have returned, works the plan
  out again and holds it to the run, and Airflow checks each Param: 0.1 s in each. A run without SHAP values,
  the model before, the small models and the report took 1.32 times the sum, right after a whole one had taken
  1.72.
- Left: a run that uses a model again still is as many processes, as each tells in its log why it was left
  out. The empty DAG alone takes two fifths of it, the report a fifth.
"""
_EMPTY_DAG = """
from airflow.sdk import DAG, task

SHAPE = {shape!r}


@task
def nothing():
    pass


with DAG({dag_id!r}, schedule=None):
    made = {{name: nothing.override(task_id=name)() for name in SHAPE}}
    for name, following in SHAPE.items():
        for other in following:
            made[name] >> made[other]
"""


def seconds_of_run(stack: RunningStack, dag_id: str, conf: dict[str, Any]) -> float:
    """Run a DAG, and return the seconds from the run's start to its end.

    Raises:
        SystemExit: It failed.
    """
    run = stack.run(conf, dag_id)
    if run.state.state != "success":
        states = {name: task.state for name, task in run.tasks.items()}
        raise SystemExit(f"{dag_id} ended as {run.state.state}: {states}")
    return run.state.seconds


def add_empty_dag(airflow: AirflowApi, folder: Path) -> int:
    """Write a DAG of the pipeline's shape into a folder of DAGs, and wait until Airflow knows it.

    Returns:
        How many tasks it has.
    """
    tasks = airflow.get(f"{DAG_ID}/tasks")["tasks"]
    shape = {task["task_id"]: sorted(task["downstream_task_ids"]) for task in tasks}
    text = _EMPTY_DAG.format(shape=shape, dag_id=_EMPTY)
    (folder / f"{_EMPTY}.py").write_text(text, encoding="utf-8")
    wait_until(lambda: airflow.is_ready(_EMPTY), _PARSE_SECONDS)
    return len(shape)


def seconds_of_script(url: str) -> float:
    """Run the tutorial's script against a local AWS, and return the seconds of its process."""
    begin = time.perf_counter()
    run_child("bench.tutorial_script", url)
    return time.perf_counter() - begin


def measure(stack: LocalStack, dags: Path) -> tuple[dict[str, list[float]], int]:
    """Measure in turns, and return the seconds of each round, and the number of tasks."""
    os.environ |= {
        "AWS_ACCESS_KEY_ID": stack.aws_key.key_id,
        "AWS_SECRET_ACCESS_KEY": stack.aws_key.secret,
        "AWS_DEFAULT_REGION": REGION,
    }
    data = {"data_url": BANK_CLEAN.as_uri()}
    with stack.running(*_PROCESSES, dag_id=DAG_ID) as airflow:
        running = RunningStack(airflow, LocalAwsClient(stack.aws_url, REGION, stack.aws_key), stack)
        ways = {
            "run": lambda: seconds_of_run(running, DAG_ID, {**data, "force_retrain": True}),
            "empty": lambda: seconds_of_run(running, _EMPTY, {}),
            "script": lambda: seconds_of_script(stack.aws_url),
            "reused": lambda: seconds_of_run(running, DAG_ID, data),
        }
        tasks = add_empty_dag(airflow, dags)
        ways["run"]()  # makes the model that is used again; and the first of all finds nothing cached
        return in_turns(ways, _ROUNDS), tasks


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder) / "project"
        stack = LocalStack(
            Path(folder) / "airflow",
            variables={"source_local_folder": str(BANK_CLEAN.parent)},
            settings=changed_project(project, lambda _: None),
        )
        stack.prepare()
        found, tasks = measure(stack, project / "dags")
    whole, empty, script, reused = (found[name] for name in ("run", "empty", "script", "reused"))
    both = [bare + alone for bare, alone in zip(empty, script, strict=True)]
    median = statistics.median
    show(
        [
            Figure("whole run", median(whole), "s"),
            Figure(f"empty DAG of the same {tasks} tasks", median(empty), "s"),
            Figure("the tutorial's script", median(script), "s"),
            Figure("whole run against the sum of both", median_ratio(whole, both), "x", at_most=1.3),
            Figure("run whose model is used again", median(reused), "s"),
            Figure("model used again against a whole run", median_ratio(reused, whole), "x", at_most=0.4),
        ],
        _TEXT,
    )


if __name__ == "__main__":
    main()
