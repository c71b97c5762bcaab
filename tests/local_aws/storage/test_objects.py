"""The S3 that jobs read and write is the S3 that clients see: this fails when moto's internals move."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from local_aws.errors import NoSuchObjectError
from local_aws.storage.objects import S3Url, Storage
from tests.aws.clients import CREDENTIALS

ACCOUNT = "123456789012"


@pytest.fixture
def s3_beside() -> Iterator[Any]:
    with mock_aws():
        client = boto3.client("s3", **CREDENTIALS)
        client.create_bucket(Bucket="bucket")
        yield client


@pytest.mark.parametrize(
    ("url", "bucket", "key"),
    [
        ("s3://b", "b", ""),
        ("s3://b/", "b", ""),
        ("s3://b/k/l", "b", "k/l"),
        ("s3://b//k", "b", "/k"),
        ("s3://b/a#b?c", "b", "a#b?c"),
    ],
)
def test_urls(url: str, bucket: str, key: str) -> None:
    assert S3Url.parse(url) == S3Url(bucket, key)


def test_reads_what_a_client_wrote(s3_beside: Any) -> None:
    s3_beside.put_object(Bucket="bucket", Key="a/b", Body=b"content")
    assert Storage(ACCOUNT).read(S3Url("bucket", "a/b")) == b"content"


def test_a_client_reads_what_it_wrote(s3_beside: Any) -> None:
    Storage(ACCOUNT).write(S3Url("bucket", "a/b"), b"content")
    assert s3_beside.get_object(Bucket="bucket", Key="a/b")["Body"].read() == b"content"


def test_lists_by_prefix_in_order_without_deleted_objects(s3_beside: Any) -> None:
    s3_beside.put_bucket_versioning(Bucket="bucket", VersioningConfiguration={"Status": "Enabled"})
    for key in ("a/2", "a/1", "b", "a/gone"):
        s3_beside.put_object(Bucket="bucket", Key=key, Body=b"")
    s3_beside.delete_object(Bucket="bucket", Key="a/gone")
    assert Storage(ACCOUNT).keys(S3Url("bucket", "a/")) == ["a/1", "a/2"]
    assert Storage(ACCOUNT).exists(S3Url("bucket", "b"))
    assert not Storage(ACCOUNT).exists(S3Url("bucket", "a"))


@pytest.mark.usefixtures("s3_beside")
def test_absent_buckets_and_objects() -> None:
    storage = Storage(ACCOUNT)
    assert storage.keys(S3Url("absent", "")) == []
    for url in (S3Url("absent", "k"), S3Url("bucket", "k")):
        with pytest.raises(NoSuchObjectError, match=f"s3://{url.bucket}/k"):
            storage.read(url)
    with pytest.raises(NoSuchObjectError, match="s3://absent/k"):
        storage.write(S3Url("absent", "k"), b"")
