"""CreateTrainingJob to Completed, beside a bare Python process that trains the same model on that file."""

import itertools
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.figures import Figure, show
from bench.turns import in_turns, median_ratio
from bench.tutorial import local_aws
from tests.tutorial_data import HYPERPARAMETERS, tutorial_split

# The tutorial's file, and how many times over; rounds; and what a job may take of bare Python's time.
_SIZES = (("41 thousand", 1, 5, 1.0), ("2.06 million", 50, 3, 1.1))
_BARE = """
import sys
import xgboost
parameters = dict(pair.split("=") for pair in sys.argv[2:])
rounds = int(parameters.pop("num_round"))
train = xgboost.DMatrix(sys.argv[1] + "?format=csv&label_column=0")
evals = [(train, "train")] if parameters.pop("evaluates") == "1" else []
xgboost.train(parameters, train, rounds, evals, verbose_eval=False).save_model(sys.argv[1] + ".ubj")
"""
_TEXT = """\
A job prints the metric of each round, as AWS's container does, and a process that only trains has none to
work out: a tenth of its time. Its threads sleep while they wait for each other, where they would spin
(OpenMP's `OMP_WAIT_POLICY`): jobs on shared cores would take up to ten times as long.
"""


def bare(train_csv: Path, *, evaluates: bool = False) -> float:
    """Trains in a process of its own. Returns its seconds from start to end.

    Args:
        train_csv: The rows.
        evaluates: Whether it works out the metric of each round, too.
    """
    given = {**HYPERPARAMETERS, "evaluates": int(evaluates)}
    parameters = [f"{name}={value}" for name, value in given.items()]
    begin = time.perf_counter()
    subprocess.run(  # noqa: S603 - our own interpreter and code
        [sys.executable, "-c", _BARE, str(train_csv), *parameters], check=True, capture_output=True
    )
    return time.perf_counter() - begin


def main() -> None:
    """Print the figures: medians, taken in turns."""
    body, figures = tutorial_split()[0], []
    for size, times, rounds, at_most in _SIZES:
        found = _turns(body * times, rounds)
        figures += [
            Figure(f"training job, {size} rows", statistics.median(found["job"]), "s"),
            Figure(
                f"{size} rows in bare Python: import, read, train, save",
                statistics.median(found["bare"]),
                "s",
            ),
            Figure(
                f"training job against bare Python, {size} rows",
                median_ratio(found["job"], found["bare"]),
                "x",
                at_most=at_most,
            ),
            Figure(
                "against bare Python that works out each round's metric, too",
                median_ratio(found["job"], found["evaluates"]),
                "x",
            ),
        ]
    show(figures, _TEXT)


def _turns(body: bytes, rounds: int) -> dict[str, list[float]]:
    """Return each round's seconds: of a training job, and of bare Python without metrics and with them."""
    names = (f"job-{number}" for number in itertools.count())
    with tempfile.TemporaryDirectory() as folder, local_aws(train_csv=body) as aws:
        train_csv = Path(folder) / "train.csv"
        train_csv.write_bytes(body)
        ways = {
            "job": lambda: aws.train(next(names)),
            "bare": lambda: bare(train_csv),
            "evaluates": lambda: bare(train_csv, evaluates=True),
        }
        return in_turns(ways, rounds)


if __name__ == "__main__":
    main()
