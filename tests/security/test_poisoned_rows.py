"""Whoever may write to a run's folder has no model trained, or judged, on rows that were not split."""

import hashlib
from typing import TYPE_CHECKING

import pytest

from include.pipeline.aws.object_store import write_object
from include.pipeline.errors import ObjectError
from include.pipeline.evaluation.written_rows import check_training_rows, read_rows
from tests.pipeline.accepted_runs import plan_of
from tests.pipeline.report.example import contents_of

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

PLAN = plan_of()
PARTS = [f"{number},1\n".encode() for number in range(11)]
SPLIT = contents_of().split.model_copy(update={"train_sha256": hashlib.sha256(b"".join(PARTS)).hexdigest()})


def put_parts(s3: "S3Client") -> None:
    for number, part in enumerate(PARTS, start=1):
        write_object(s3, f"{PLAN.locations.train}train-{number}-of-11.csv", part, "text/csv")


def test_the_parts_of_a_split_are_taken_in_their_order(s3: "S3Client") -> None:
    put_parts(s3)
    check_training_rows(s3, PLAN, SPLIT)


@pytest.mark.parametrize("name", ["train-3-of-11.csv", "more.csv"], ids=["replaced", "one file more"])
def test_other_training_rows_are_refused(name: str, s3: "S3Client") -> None:
    put_parts(s3)
    write_object(s3, f"{PLAN.locations.train}{name}", b"9,9\n", "text/csv")
    with pytest.raises(ObjectError, match="the model was trained on all that is there"):
        check_training_rows(s3, PLAN, SPLIT)


def test_other_test_rows_are_refused(s3: "S3Client") -> None:
    uri = PLAN.locations.test_labels
    write_object(s3, uri, b"1\n0\n", "text/csv")
    assert read_rows(s3, uri, hashlib.sha256(b"1\n0\n").hexdigest()) == b"1\n0\n"
    assert read_rows(s3, uri, None) == b"1\n0\n"
    with pytest.raises(ObjectError, match="split_data wrote it with"):
        read_rows(s3, uri, hashlib.sha256(b"0\n1\n").hexdigest())
