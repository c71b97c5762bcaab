import hashlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

import boto3
import numpy as np
import pytest
from moto import mock_aws

from include.pipeline.aws.object_store import write_object
from include.pipeline.evaluation.previous_model import compared
from include.pipeline.evaluation.unseen_rows import rows_trained_on, unseen_rows
from tests.pipeline.report.example import contents_of

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

RUN = "s3://bucket/deployment/bank_marketing/runs/key"
PARTS = [b"1,2,3\n0,4,5\n", b"0,6,7\n"]
VALIDATION = b"1,8,9\n"
SPLIT = contents_of().split.model_copy(
    update={
        "train_sha256": hashlib.sha256(b"".join(PARTS)).hexdigest(),
        "validation_rows": 1,
        "validation_sha256": hashlib.sha256(VALIDATION).hexdigest(),
    }
)


@pytest.fixture
def s3() -> Iterator["S3Client"]:
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket="bucket")
        yield client
        client.close()


def put(s3: "S3Client", parts: list[bytes], validation: bytes | None = VALIDATION) -> None:
    for number, part in enumerate(parts, 1):
        write_object(s3, f"{RUN}/train/train-{number}-of-{len(parts)}.csv", part, "text/csv")
    if validation:
        write_object(s3, f"{RUN}/validation/validation.csv", validation, "text/csv")


def test_a_row_is_seen_by_its_features_whatever_its_label() -> None:
    features = b"2,3\n3,2\n4,5\n4,5\n2,33\n"
    assert unseen_rows(features, PARTS).tolist() == [False, True, False, False, True]
    assert unseen_rows(features, []).all()


def test_the_rows_to_train_and_to_validate_on_are_read(s3: "S3Client") -> None:
    put(s3, PARTS)
    assert rows_trained_on(s3, RUN, SPLIT) == [*PARTS, VALIDATION]


def test_the_parts_are_in_the_order_of_their_numbers(s3: "S3Client") -> None:
    parts = [f"0,{number}\n".encode() for number in range(12)]
    put(s3, parts, validation=None)
    split = SPLIT.model_copy(
        update={"train_sha256": hashlib.sha256(b"".join(parts)).hexdigest(), "validation_rows": 0}
    )
    assert rows_trained_on(s3, RUN, split) == parts


@pytest.mark.parametrize(
    ("parts", "validation"),
    [([], VALIDATION), (PARTS[:1], VALIDATION), (PARTS, None), (PARTS, b"0,8,9\n")],
    ids=["gone", "in part", "no validation rows", "other validation rows"],
)
def test_rows_that_are_not_those_that_were_split_tell_nothing(
    s3: "S3Client", parts: list[bytes], validation: bytes | None
) -> None:
    put(s3, parts, validation)
    assert rows_trained_on(s3, RUN, SPLIT) is None


LABELS = np.array([0, 1, 0, 1, 1, 0])
OWN = np.array([0.1, 0.9, 0.2, 0.3, 0.8, 0.4])
PREVIOUS = np.array([0.1, 0.9, 0.2, 0.3, 0.1, 0.4])


def test_models_are_compared_on_the_unseen_rows_alone() -> None:
    found = compared("before", LABELS, OWN, PREVIOUS, np.array([True, True, True, True, False, True]))
    # Of the 2 x 3 pairs, both models have 0.3 below 0.4.
    assert (found.unseen_rows, found.unseen_rarer) == (5, 2)
    assert found.own_roc_auc == found.roc_auc == pytest.approx(5 / 6)
    assert found.change is not None
    assert (found.change.low, found.change.high) == (0, 0)


@pytest.mark.parametrize("unseen", [[False] * 6, [True, False, True, False, False, True]])
def test_without_unseen_rows_of_both_classes_nothing_is_compared(unseen: list[bool]) -> None:
    found = compared("before", LABELS, OWN, PREVIOUS, np.array(unseen))
    assert (found.unseen_rows, found.unseen_rarer, found.change) == (sum(unseen), 0, None)
    assert found.own_roc_auc is None
    # Of the 3 x 3 pairs, those of 0.9 and 0.3: 5, and of 0.1 half of one.
    assert found.roc_auc == pytest.approx(5.5 / 9)
