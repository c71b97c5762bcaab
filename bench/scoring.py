"""New rows encoded, and their answers joined and sorted: rows a second, and the worker's memory."""

import argparse
import hashlib
import io
import json
import os
import time
from typing import TYPE_CHECKING

import boto3
import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from bench.child import Child, run
from bench.figures import Figure, show
from include.pipeline.aws.object_store import read_object, write_object
from include.pipeline.data.encoding.record import Encoding, Number
from include.pipeline.documents.raw_data import RawData
from include.pipeline.documents.scoring.model import ScoringModel
from include.pipeline.documents.scoring.plan import ScorePlan
from include.pipeline.documents.scoring.rows import AnsweredRows, EncodedRows
from include.pipeline.documents.table.config import TableConfig
from include.pipeline.scoring.record import finish_scoring
from include.pipeline.scoring.rows import encode_rows
from tests.aws.clients import CREDENTIALS
from tests.pipeline.scoring.scored_rows import SCORE_CONFIG, score_plan_of
from tests.services.local_aws_server import local_aws_server

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_FEW, _MANY = 250_000, 1_000_000
_COLUMNS = 60
_MOST = 5 * 10**9
_URI = "s3://churn/rows.csv"
_TABLE = TableConfig.model_validate({"label": "y", "columns": {"customer": "identifier"}})


def _plan() -> ScorePlan:
    return score_plan_of("bench", config=SCORE_CONFIG.model_copy(update={"table": _TABLE, "drift": None}))


def _model(encoding: bytes) -> ScoringModel:
    return ScoringModel(
        key="model",
        run_id="manual__0",
        image_uri="image",
        model_uri="s3://churn/model.tar.gz",
        archive_sha256="0" * 64,
        threshold=0.5,
        encoding_sha256=hashlib.sha256(encoding).hexdigest(),
        profile_uri="s3://churn/no-profile.json",
        roc_auc=0.8,
        expected_positives=0.1,
    )


def work(s3: "S3Client", rows: int) -> None:
    """Do what the worker's tasks do, and print the seconds of each."""
    plan = _plan()
    encoding = read_object(s3, f"{plan.locations.run}/encoding.json")
    raw = RawData.read(read_object(s3, f"{_URI}.{rows}.json"), "raw")
    begin = time.perf_counter()
    encoded = encode_rows(s3, raw, plan, _model(encoding), max_bytes=_MOST)
    encoding_seconds = time.perf_counter() - begin
    answers = AnsweredRows(
        run_id="bench", job_name="job", answers_uri=f"{plan.locations.answers}/job", seconds=1
    )
    _answer(s3, encoded, answers)
    begin = time.perf_counter()
    finish_scoring(
        s3, plan, raw=raw, model=_model(encoding), encoded=encoded, answers=answers, max_bytes=_MOST
    )
    seconds = time.perf_counter() - begin
    print(json.dumps({"rows": encoded.rows, "encode": encoding_seconds, "write": seconds}))


def _answer(s3: "S3Client", encoded: EncodedRows, answers: AnsweredRows) -> None:
    """Answer as the container does, in text; the scores are drawn."""
    random = np.random.RandomState(0)
    for file in encoded.files:
        lines = "".join(
            f"{score}\n" for score in random.random_sample(file.rows).astype("float32").astype(float)
        )
        write_object(s3, f"{answers.answers_uri}/{file.name}.out", lines.encode(), "text/csv")


def put_rows(s3: "S3Client", rows: int) -> None:
    """Put a table of numbers and identifiers, and what the worker's tasks find beside it."""
    random, names = np.random.RandomState(1), [f"x{number}" for number in range(_COLUMNS)]
    written = io.StringIO()
    chunk = 50_000
    for first in range(0, rows, chunk):
        frame = pd.DataFrame(random.randint(0, 1000, (chunk, _COLUMNS)), columns=names)
        frame["customer"] = [f"C{number:09d}" for number in range(first, first + chunk)]
        frame.to_csv(written, index=False, header=first == 0)
    content = written.getvalue().encode()
    raw = RawData(
        uri=f"{_URI}.{rows}",
        url="https://data.example.com/rows.csv",
        sha1=hashlib.sha1(content, usedforsecurity=False).hexdigest(),
        sha256=hashlib.sha256(content).hexdigest(),
        bytes=len(content),
        etag=None,
        last_modified=None,
    )
    write_object(s3, raw.uri, content, "text/csv")
    write_object(s3, f"{raw.uri}.json", raw.model_dump_json().encode(), "application/json")
    encoding = Encoding(columns=tuple(Number(name=name) for name in names)).content
    write_object(s3, f"{_plan().locations.run}/encoding.json", encoding, "application/json")
    print(json.dumps({}))


def look(s3: "S3Client", rows: int) -> None:
    """Print whether the predictions have each row once, by a hash of their identifiers, the highest first."""
    content = read_object(s3, f"{_plan().locations.predictions}.parquet")
    found = pq.read_table(io.BytesIO(content))
    customers = hashlib.sha256("".join(sorted(found["customer"].to_pylist())).encode()).digest()
    expected = hashlib.sha256("".join(f"C{number:09d}" for number in range(rows)).encode()).digest()
    in_order = bool((np.diff(found["score"].to_numpy()) <= 0).all())
    print(json.dumps({"complete": customers == expected and in_order}))


STEPS = {"put": put_rows, "work": work, "look": look}


def main() -> None:
    """Print the figures. Each step has a process of its own, as one begins with the peak of its parent."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--step", nargs=3, metavar=("STEP", "URL", "ROWS"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.step:
        step, url, rows = options.step
        STEPS[step](_s3(url), int(rows))
        return
    os.environ |= {
        "AWS_ACCESS_KEY_ID": CREDENTIALS["aws_access_key_id"],
        "AWS_SECRET_ACCESS_KEY": CREDENTIALS["aws_secret_access_key"],
    }
    found: dict[int, Child] = {}
    with local_aws_server() as server:
        _s3(server.url).create_bucket(Bucket="churn")
        complete = 0
        for rows in (_FEW, _MANY):
            _, found[rows], seen = (
                run("bench.scoring", "--step", step, server.url, str(rows)) for step in STEPS
            )
            complete += seen.answer["complete"]
    few, many = found[_FEW], found[_MANY]
    show(
        [
            Figure("1 million rows: encoded", _MANY / many.answer["encode"], "rows/s"),
            Figure("1 million rows: joined, sorted, written", _MANY / many.answer["write"], "rows/s"),
            Figure("250 thousand rows: peak memory", few.peak_mb, "MB"),
            Figure("1 million rows: peak memory", many.peak_mb, "MB"),
            Figure(
                "1 million rows: peak memory against 250 thousand",
                many.peak_mb / few.peak_mb,
                "x",
                at_most=1.5,
            ),
            Figure("rows that are all there, in order", complete, "of 2", at_least=2),
        ]
    )


def _s3(url: str) -> "S3Client":
    return boto3.client("s3", endpoint_url=url, region_name=CREDENTIALS["region_name"])


if __name__ == "__main__":
    main()
