"""What plan_run does beside an empty task: a plan made in a process that has imported Airflow's tasks.

Each in a new process, in turns, without the start of Python.
"""

import argparse
import json
import statistics
import time
from importlib import import_module

from bench.child import run
from bench.figures import Figure, show

_ROUNDS = 7


def work(how: str) -> None:
    """Print the seconds of the imports that both need, and of the plan."""
    begin = time.perf_counter()
    import_module("include.operators.tasks")
    imported = time.perf_counter()
    if how == "plan":
        # As the task does: its imports, the YAML, the image's lookup, the requests.
        plan_of = import_module("tests.pipeline.planned").plan_of
        plan_of({"bucket": "bucket"}).model_dump(mode="json")
    planned = time.perf_counter()
    print(json.dumps({"imports": imported - begin, "plan": planned - imported}))


def main() -> None:
    """Print the figures: medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work:
        work(options.work)
        return
    # The first round writes the bytecode.
    _, *warm = [
        (run("bench.plan_run", "--work", "plan"), run("bench.plan_run", "--work", "empty"))
        for _ in range(_ROUNDS + 1)
    ]
    more = [plan.answer["plan"] - empty.answer["plan"] for plan, empty in warm]
    memory = [plan.peak_mb - empty.peak_mb for plan, empty in warm]
    show(
        [
            Figure(
                "an empty task's imports", statistics.median(one.answer["imports"] for _, one in warm), "s"
            ),
            Figure("plan_run: more than an empty task", statistics.median(more), "s", at_most=1),
            Figure("plan_run: more memory than an empty task", statistics.median(memory), "MB"),
        ]
    )


if __name__ == "__main__":
    main()
