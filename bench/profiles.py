"""Where the three hottest paths spend their time: Python's profiler on each, in a process of its own.

Times are those of the processors, of all threads of the process, so that what else the machine does has no
part in the shares.
"""

import argparse
import cProfile
import importlib
import json
import pstats
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

from bench.child import Child, run
from bench.figures import Figure, show

_TIMES = 50
_ASKS = "evaluate, 1 million rows"
# Functions of a path: the file that they are in, their names, and what they do in it.
_PREPARE = {
    ("data/table.py", "read_table"): "read and checked",
    ("data/table.py", "_check_encoding"): "of it: is it UTF-8",
    ("data/split.py", "split_table"): "shuffled and cut",
    ("data/writing/csv_file.py", "write_rows"): "written",
    ("data/writing/buckets.py", "put_into_buckets"): "of it: rows into buckets",
    ("data/writing/objects.py", "_sha256"): "hashed",
}
_EVALUATE = {
    ("evaluation/scoring.py", "score_rows"): "rows scored",
    ("evaluation/scoring.py", "batches"): "of it: lines into requests",
    ("evaluation/evaluate.py", "evaluate"): "figures",
    ("figures/scored_rows.py", "_curve"): "of it: one sort of the scores",
    ("evaluation/evaluate.py", "intervals"): "of it: intervals",
}
_PLAN = {
    ("include/operators/tasks.py", "<module>"): "imports of an empty task",
    ("tests/pipeline/planned.py", "<module>"): "more imports, and the YAML file",
    ("documents/config.py", "load_config"): "of it: the YAML file",
    ("planning/plan.py", "make_plan"): "the plan",
}

KEPT = """What was tried at these paths, and what became of it:

- **Preparing.** Kept: pyarrow reads blocks of 4 MB, two at once; rows go to their places by way of buckets on
  disk; digits are written as bytes, floats by pyarrow where it writes what Python does. Not kept: threads of
  pyarrow's own, which read far ahead and take the memory.
- **Evaluating.** Kept: requests of 6 MB, two under way at once; one sort of the scores for every figure and
  interval. The endpoint takes twice the time of the evaluation itself: to read the CSV, and to ask the model.
  Kept there: pyarrow reads the CSV and writes the scores. Not kept: 32-bit cells or an Arrow table for
  XGBoost, which cost as much, and `inplace_predict`, which saves a fifth, but which not every model has.
- **Planning.** Kept: the image's address and rules lie in the project's own tables, so that nothing imports
  `sagemaker`, which took 4 s; each task imports what it needs when it runs.
"""


def _prepare(folder: Path, _url: str) -> Callable[[], object]:
    from bench.prepare import prepare, repeated

    few, many = repeated(1, folder / "1.csv"), repeated(_TIMES, folder / "50.csv")
    first, written = folder / "first", folder / "written"
    first.mkdir()
    written.mkdir()
    prepare(few, first)
    return lambda: prepare(many, written)


def _evaluate(_folder: Path, url: str) -> Callable[[], object]:
    import numpy as np

    from bench.evaluate import LARGE, with_the_endpoint
    from tests.tutorial_data import tutorial_split

    _, frame, labels = tutorial_split()
    times = -(-LARGE // len(frame))
    few = frame.to_csv(header=False, index=False).encode()
    features = few * times
    with_the_endpoint(few, labels.to_numpy(), url)
    return lambda: with_the_endpoint(features, np.tile(labels.to_numpy(), times), url)


def _plan(_folder: Path, _url: str) -> Callable[[], object]:
    def plan() -> None:
        importlib.import_module("include.operators.tasks")
        planned: Any = importlib.import_module("tests.pipeline.planned")
        planned.plan_of({"bucket": "bucket"}).model_dump(mode="json")

    return plan


PATHS = {
    "prepare, 2.06 million rows": (_prepare, _PREPARE),
    _ASKS: (_evaluate, _EVALUATE),
    "plan_run": (_plan, _PLAN),
}


def work(name: str, url: str) -> None:
    """Print the seconds of a path, and those of its functions with all that they call."""
    begin, functions = PATHS[name]
    with tempfile.TemporaryDirectory() as folder:
        path = begin(Path(folder), url)
        # A call of a built-in function would count for more than it takes.
        profile = cProfile.Profile(time.process_time, builtins=False)
        profile.runcall(path)
    stats: Any = pstats.Stats(profile)
    seconds = {
        told: sum(
            cumulative
            for (file, _, function), (_, _, _, cumulative, _) in stats.stats.items()
            if function == name_of_it and file.endswith(f"/{place}")
        )
        for (place, name_of_it), told in functions.items()
    }
    print(json.dumps({"total": stats.total_tt, "functions": seconds}))


def _figures(name: str, found: Child, others: "dict[str, float]") -> list[Figure]:
    total = found.answer["total"]
    return [
        Figure(f"{name}: processor time under the profiler", total, "s"),
        *(Figure(f"{name}: processor time of {other}", seconds, "s") for other, seconds in others.items()),
        *(
            Figure(f"{name}: {told}", 100 * seconds / total, "%")
            for told, seconds in found.answer["functions"].items()
        ),
    ]


def main() -> None:
    """Print the shares of the functions."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", nargs=2, metavar=("PATH", "URL"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work:
        work(*options.work)
        return
    from bench.evaluate import aws_environment
    from bench.tutorial import deployed

    aws_environment()
    figures = []
    with deployed() as aws:
        server = psutil.Process(aws.server.process.pid)
        processes = {"local AWS": [server], "the endpoint": server.children(recursive=True)}
        for name in PATHS:
            before = {what: _seconds(each) for what, each in processes.items()}
            found = run("bench.profiles", "--work", name, aws.server.url)
            asked = {what: _seconds(each) - before[what] for what, each in processes.items()}
            figures += _figures(name, found, asked if name == _ASKS else {})
    show(figures, KEPT)


def _seconds(processes: list[psutil.Process]) -> float:
    return sum(sum(process.cpu_times()[:2]) for process in processes)


if __name__ == "__main__":
    main()
