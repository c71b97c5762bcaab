"""Fixtures of what tests of files need: an S3 with a bucket, and a web server that does as it is told."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import boto3
import pytest
from moto import mock_aws
from moto.s3.models import s3_backends

from tests.services.misbehaving_web import MisbehavingWeb, serving

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@pytest.fixture(scope="module")
def mocked_s3() -> Iterator["S3Client"]:
    """One client for a module: moto makes each new one read botocore's data again."""
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        yield client
        client.close()


@pytest.fixture
def s3(mocked_s3: "S3Client") -> Iterator["S3Client"]:
    """An S3 whose only bucket is "bucket", and is empty."""
    mocked_s3.create_bucket(Bucket="bucket")
    yield mocked_s3
    s3_backends.reset()


@pytest.fixture
def web() -> Iterator[MisbehavingWeb]:
    """A web server whose answers the test sets."""
    with serving() as server:
        yield server
