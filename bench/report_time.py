"""Evaluation and report of the tutorial's 12,357 test rows: seconds in a new process, and size."""

import pickle
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import pandas as pd
import xgboost

from bench.figures import Figure, show
from tests.tutorial_data import HYPERPARAMETERS, tutorial_split

# What a task does between the endpoint's answer and the report's way to S3.
_DRAW = """
import pickle, sys, time
begin = time.perf_counter()
from include.pipeline.evaluation.evaluate import evaluate
from include.pipeline.evaluation.explanation import explain
from include.pipeline.report.page import render_report
imported = time.perf_counter()
from tests.pipeline.report.example import CONFIG, contents_of
labels, scores, model, features, names = pickle.load(open(sys.argv[1], "rb"))
start = time.perf_counter()
evaluation = evaluate((labels, scores), CONFIG.params, features=explain(model, features, names))
page = render_report(contents_of(labels, scores, evaluation=evaluation))
print(imported - begin, time.perf_counter() - start, len(page.encode()))
"""


def main() -> None:
    """Print the figures: the median of five."""
    train_csv, features, labels = tutorial_split()
    with tempfile.TemporaryDirectory() as folder:
        train = Path(folder) / "train.csv"
        train.write_bytes(train_csv)
        rows = pd.read_csv(train, header=None).to_numpy()
        parameters = {name: value for name, value in HYPERPARAMETERS.items() if name != "num_round"}
        booster = xgboost.train(parameters, xgboost.DMatrix(rows[:, 1:], rows[:, 0]), 100)
        scores = booster.predict(xgboost.DMatrix(features.to_numpy(dtype=float))).astype(float)
        lines = features.to_csv(header=False, index=False).encode()
        evaluated = (
            *(labels.to_numpy(), scores),
            *(bytes(booster.save_raw("ubj")), lines, list(features.columns)),
        )
        file = Path(folder) / "evaluated.pickle"
        file.write_bytes(pickle.dumps(evaluated))
        runs = [
            subprocess.run(  # noqa: S603 - our own interpreter and code
                [sys.executable, "-c", _DRAW, str(file)], check=True, capture_output=True, text=True
            ).stdout.split()
            for _ in range(5)
        ]
    imports, seconds, size = (statistics.median(float(run[at]) for run in runs) for at in range(3))
    show(
        [
            Figure("evaluation and report: imports", imports, "s"),
            Figure("evaluation and report", seconds, "s", at_most=4),
            Figure("report.html", size / 1e6, "MB", at_most=1.5),
        ]
    )


if __name__ == "__main__":
    main()
