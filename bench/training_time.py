"""CreateTrainingJob to Completed, beside a bare Python process that trains the same model on that file."""

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.figures import Figure, show
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
xgboost.train(parameters, train, rounds).save_model(sys.argv[1] + ".ubj")
"""


def bare(train_csv: Path) -> float:
    """Trains in a process of its own. Returns its seconds from start to end."""
    parameters = [f"{name}={value}" for name, value in HYPERPARAMETERS.items()]
    begin = time.perf_counter()
    subprocess.run(  # noqa: S603 - our own interpreter and code
        [sys.executable, "-c", _BARE, str(train_csv), *parameters], check=True, capture_output=True
    )
    return time.perf_counter() - begin


def main() -> None:
    """Print the figures: medians, taken in turns."""
    body, figures = tutorial_split()[0], []
    for size, times, rounds, at_most in _SIZES:
        pairs = _pairs(body * times, rounds)
        job, process = (statistics.median(column) for column in zip(*pairs, strict=True))
        ratio = statistics.median(ours / alone for ours, alone in pairs)
        figures += [
            Figure(f"training job, {size} rows", job, "s"),
            Figure(f"{size} rows in bare Python: import, read, train, save", process, "s"),
            Figure(f"training job against bare Python, {size} rows", ratio, "x", at_most=at_most),
        ]
    show(figures)


def _pairs(body: bytes, rounds: int) -> list[tuple[float, float]]:
    """Return the seconds of a training job and of bare Python, for each round."""
    pairs = []
    with tempfile.TemporaryDirectory() as folder, local_aws(train_csv=body) as aws:
        train_csv = Path(folder) / "train.csv"
        train_csv.write_bytes(body)
        ways = {"job": aws.train, "bare": lambda _: bare(train_csv)}
        for number in range(rounds):
            found = {way: ways[way](f"job-{number}") for way in list(ways)[:: -1 if number % 2 else 1]}
            pairs.append((found["job"], found["bare"]))
    return pairs


if __name__ == "__main__":
    main()
