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
    """Print the figures: medians of five, taken in turns."""
    body = tutorial_split()[0]
    jobs, processes = [], []
    with tempfile.TemporaryDirectory() as folder, local_aws(train_csv=body) as aws:
        train_csv = Path(folder) / "train.csv"
        train_csv.write_bytes(body)
        for number in range(5):
            jobs.append(aws.train(f"job-{number}"))
            processes.append(bare(train_csv))
    job, process = statistics.median(jobs), statistics.median(processes)
    show(
        [
            Figure("training job, 41 thousand rows", job, "s"),
            Figure("bare Python: import, read, train, save", process, "s"),
            Figure("training job against bare Python", job / process, "x", at_most=1.1),
        ]
    )


if __name__ == "__main__":
    main()
