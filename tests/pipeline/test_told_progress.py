"""Which work tells in the task's log how far it is. Here it tells at once, not after five seconds."""

import io
import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from include.pipeline.aws.object_store import put_file, receive_object
from include.pipeline.data.split import split_table
from include.pipeline.data.table import read_table
from include.pipeline.data.writing.csv_file import write_rows
from include.pipeline.documents.table.config import TableConfig
from include.pipeline.evaluation.scoring import score_rows
from include.pipeline.source.download import fetch
from include.pipeline.source.policy import SourcePolicy
from include.work import progress
from tests.pipeline.evaluation.answering import Answering
from tests.services.misbehaving_web import Answer, MisbehavingWeb

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

Told = Callable[[], list[str]]
MB = 1_000_000


@pytest.fixture
def told(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> Told:
    """Gives the lines so far, without rate and time left, which differ from run to run."""
    monkeypatch.setattr(progress, "_SECONDS", 0)
    caplog.set_level(logging.INFO, progress.__name__)
    return lambda: [
        record.getMessage().partition(",")[0] for record in caplog.records if record.name == progress.__name__
    ]


def test_a_download_and_its_upload(told: Told, web: MisbehavingWeb, s3: "S3Client") -> None:
    fetch(
        web.url("/rows.csv", Answer(body=b"a,y\n" + b"1,0\n" * MB)),
        policy=SourcePolicy(http_hosts=(web.host,), max_bytes=10 * MB),
        s3=s3,
        raw_uri="s3://bucket/raw",
    )
    lines = told()
    assert "Downloading: 4 of 4 MB" in lines
    assert lines[-1] == "Writing to S3: 4 of 4 MB"


def test_an_object_that_is_read(told: Told, s3: "S3Client") -> None:
    content = b"x" * 20 * MB
    put_file(s3, io.BytesIO(content), "s3://bucket/large")
    file = io.BytesIO()
    receive_object(s3, "s3://bucket/large", file)
    assert file.getvalue() == content
    assert told()[-1] == "Reading from S3: 20 of 20 MB"


def test_a_table_that_is_read_and_written(told: Told, tmp_path: Path) -> None:
    content = b"a,y\n" + b"1,0\n2,1\n" * MB
    table = TableConfig(label="y")
    _, test = split_table(read_table(io.BytesIO(content), table), table, train_fraction=0.5, seed=1)
    write_rows(test, ["a", "y"], tmp_path / "features.csv")
    lines = told()
    assert lines.count("Reading: 8 of 8 MB") == 1
    assert lines[-1] == "Writing features.csv: 1.0 of 1.0 million rows"


def test_rows_that_an_endpoint_scores(told: Told) -> None:
    runtime: Any = Answering("0.5\n" * 10)
    scores = score_rows(io.BytesIO(b"1\n" * 30), endpoint="e", runtime=runtime, max_bytes=20, count=30)
    assert np.array_equal(scores, np.full(30, 0.5))
    assert told() == [f"Scoring: {done} of 30 rows" for done in (10, 20, 30)]
