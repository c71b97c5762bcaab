"""Evaluation of test rows through the endpoint, beside XGBoost and scikit-learn in one warm process."""

import argparse
import io
import json
import os
import statistics
import tarfile
import tempfile
import time
from pathlib import Path

import boto3
import numpy as np
import pandas as pd
import xgboost
from sklearn import metrics

from bench.child import Child, run
from bench.figures import Figure, show
from bench.tutorial import NAME, LocalAws, deployed
from include.pipeline.evaluation.evaluate import evaluate
from include.pipeline.evaluation.scoring import score_rows
from tests.aws.clients import CREDENTIALS
from tests.pipeline.planned import plan_of
from tests.tutorial_data import tutorial_split

_ROUNDS = 5
LARGE = 1_000_000
"""Test rows, about: the tutorial's, so many times over that there are not fewer."""


def with_the_endpoint(features: bytes, labels: np.ndarray, url: str) -> int:
    """Do what `evaluate_model` does with the rows and their scores."""
    runtime = boto3.client("sagemaker-runtime", endpoint_url=url, region_name=CREDENTIALS["region_name"])
    scores = score_rows(io.BytesIO(features), endpoint=NAME, runtime=runtime)
    return evaluate((labels, scores), plan_of({"bucket": "bucket"}).params).headline.rows


def with_libraries(features: bytes, labels: np.ndarray, model: str) -> int:
    """Score the rows here, and compute the figures that scikit-learn has."""
    booster = xgboost.Booster(model_file=model)
    scores = booster.predict(xgboost.DMatrix(pd.read_csv(io.BytesIO(features), header=None).to_numpy()))
    called = scores >= 0.5  # noqa: PLR2004 - the tutorial's threshold
    metrics.confusion_matrix(labels, called)
    for figure in (metrics.accuracy_score, metrics.precision_score, metrics.recall_score, metrics.f1_score):
        figure(labels, called)
    for figure in (metrics.roc_auc_score, metrics.average_precision_score, metrics.log_loss):
        figure(labels, scores)
    return len(scores)


WORK = {"ours": with_the_endpoint, "libraries": with_libraries}


def work(how: str, folder: Path, where: str) -> None:
    """Print the seconds of one way to work, in a process that has worked before."""
    features, labels = (folder / "features.csv").read_bytes(), np.load(folder / "labels.npy")
    few = 200
    first = b"".join(features.splitlines(keepends=True)[:few])
    WORK[how](first, labels[:few], where)
    begin = time.perf_counter()
    rows = WORK[how](features, labels, where)
    print(json.dumps({"seconds": time.perf_counter() - begin, "rows": rows}))


def aws_environment() -> None:
    """Let clients of this process, and of those that it starts, sign as the user of local AWS."""
    os.environ |= {
        "AWS_ACCESS_KEY_ID": CREDENTIALS["aws_access_key_id"],
        "AWS_SECRET_ACCESS_KEY": CREDENTIALS["aws_secret_access_key"],
    }


def _model(aws: LocalAws, folder: Path) -> str:
    job = aws.sagemaker.describe_training_job(TrainingJobName=NAME)
    bucket, _, key = job["ModelArtifacts"]["S3ModelArtifacts"].removeprefix("s3://").partition("/")
    archive = aws.s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    with tarfile.open(fileobj=io.BytesIO(archive)) as files:
        files.extract("xgboost-model", folder, filter="data")
    return str((folder / "xgboost-model").rename(folder / "model.ubj"))


def main() -> None:
    """Print the figures: medians, taken in turns."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", nargs=3, metavar=("HOW", "FOLDER", "WHERE"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work:
        work(options.work[0], Path(options.work[1]), options.work[2])
        return
    aws_environment()
    _, frame, labels = tutorial_split()
    lines, times = frame.to_csv(header=False, index=False).encode(), -(-LARGE // len(frame))
    with tempfile.TemporaryDirectory() as name, deployed() as aws:
        folder = Path(name)
        model = _model(aws, folder)

        def turn(how: str, times: int) -> Child:
            (folder / "features.csv").write_bytes(lines * times)
            np.save(folder / "labels.npy", np.tile(labels.to_numpy(), times))
            where = aws.server.url if how == "ours" else model
            return run("bench.evaluate", "--work", how, str(folder), where)

        few = [(turn("ours", 1), turn("libraries", 1)) for _ in range(_ROUNDS)]
        many, theirs = turn("ours", times), turn("libraries", times)
    more = [ours.answer["seconds"] - other.answer["seconds"] for ours, other in few]
    ours_mb = statistics.median(ours.peak_mb for ours, _ in few)
    rows = many.answer["rows"]
    show(
        [
            Figure(
                f"evaluation, {len(frame):,} rows: more than libraries",
                statistics.median(more),
                "s",
                at_most=1,
            ),
            Figure(f"evaluation, {rows:,} rows", rows / many.answer["seconds"], "rows/s", at_least=60_000),
            Figure(f"evaluation, {rows:,} rows: libraries", rows / theirs.answer["seconds"], "rows/s"),
            Figure(f"evaluation, {len(frame):,} rows: peak memory", ours_mb, "MB"),
            Figure(f"evaluation, {rows:,} rows: peak memory", many.peak_mb, "MB"),
        ]
    )


if __name__ == "__main__":
    main()
