"""Every object that the pipeline writes bears the key, against an S3 that tells it."""

import io
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import boto3
import pytest
from moto import mock_aws

from include.pipeline.aws.encryption import encrypt_writes
from include.pipeline.aws.object_store import copy_object, put_file, read_object, write_object

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

KEY = "1234abcd-12ab-34cd-56ef-1234567890ab"
ARN = f"arn:aws:kms:us-east-1:123456789012:key/{KEY}"
WRITES: dict[str, "Callable[[S3Client], object]"] = {
    "a document": lambda s3: write_object(s3, "s3://bucket/new", b"{}", "application/json"),
    "a file": lambda s3: put_file(s3, io.BytesIO(b"a,b"), "s3://bucket/new"),
    "a copy": lambda s3: copy_object(s3, "s3://bucket/old", "s3://bucket/new"),
    "a stream": lambda s3: s3.upload_fileobj(io.BytesIO(b"a,b"), "bucket", "new"),
    "a large stream, in parts": lambda s3: s3.upload_fileobj(io.BytesIO(b"a" * 9_000_000), "bucket", "new"),
}


@pytest.fixture
def s3() -> Iterator["S3Client"]:
    """A client of its own: what is registered with it stays."""
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket="bucket")
        write_object(client, "s3://bucket/old", b"old", "text/plain")
        yield client
        client.close()


@pytest.mark.parametrize("key", [KEY, ARN])
@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_what_is_written_is_encrypted_with_the_key(
    s3: "S3Client", write: "Callable[[S3Client], object]", key: str
) -> None:
    encrypt_writes(s3, key)
    write(s3)
    head = s3.head_object(Bucket="bucket", Key="new")
    assert (head["ServerSideEncryption"], head["SSEKMSKeyId"]) == ("aws:kms", key)


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_without_a_key_the_bucket_decides(s3: "S3Client", write: "Callable[[S3Client], object]") -> None:
    encrypt_writes(s3, None)
    write(s3)
    assert "SSEKMSKeyId" not in s3.head_object(Bucket="bucket", Key="new")


def test_reading_and_listing_go_on_as_before(s3: "S3Client") -> None:
    encrypt_writes(s3, KEY)
    assert read_object(s3, "s3://bucket/old") == b"old"
    assert s3.list_objects_v2(Bucket="bucket")["KeyCount"] == 1
