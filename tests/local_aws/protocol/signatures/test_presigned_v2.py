"""Presigned URLs as boto3 makes them unless it is told otherwise: S3's signature of version 2."""

import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from typing import Any

import boto3
import pytest
from botocore.config import Config

from local_aws.errors import AwsError
from local_aws.protocol.signatures.access_key import AccessKey
from local_aws.protocol.signatures.access_keys import AccessKeys
from local_aws.protocol.signatures.authentication import BySignature
from local_aws.protocol.signatures.verification import Verifier
from tests.local_aws.protocol.signatures.signed_environ import HOST, KEY, REGION, Wire

CALLS: dict[str, tuple[str, dict[str, Any]]] = {
    "get": ("get_object", {"Bucket": "bucket", "Key": "a/ä b+c"}),
    "version": ("get_object", {"Bucket": "bucket", "Key": "key", "VersionId": "1"}),
    "as": (
        "get_object",
        {"Bucket": "bucket", "Key": "key", "ResponseContentType": "text/csv; charset=utf-8"},
    ),
    "put": ("put_object", {"Bucket": "bucket", "Key": "key", "ContentType": "text/csv"}),
    "metadata": ("put_object", {"Bucket": "bucket", "Key": "key", "Metadata": {"name": "value"}}),
    "uploads": ("create_multipart_upload", {"Bucket": "bucket", "Key": "key"}),
}
METHODS = {"get_object": "GET", "put_object": "PUT", "create_multipart_upload": "POST"}


def s3(key: AccessKey) -> Any:
    made: Any = boto3.client(
        "s3",
        aws_access_key_id=key.key_id,
        aws_secret_access_key=key.secret,
        region_name=REGION,
        endpoint_url=f"http://{HOST}",
        config=Config(s3={"addressing_style": "path"}),
    )
    return made


@pytest.fixture
def client() -> Iterator[Any]:
    with closing(s3(KEY)) as made:
        yield made


def presigned(client: Any, call: str, seconds: int = 60) -> Wire:
    operation, parameters = CALLS[call]
    url = client.generate_presigned_url(operation, parameters, seconds)
    assert "AWSAccessKeyId=" in url
    headers = {"Content-Type": parameters["ContentType"]} if "ContentType" in parameters else {}
    return Wire(METHODS[operation], url.removeprefix(f"http://{HOST}"), headers)


def identify(wire: Wire) -> str:
    return BySignature(Verifier(AccessKeys(KEY))).identify(wire.environ()).account


@pytest.mark.parametrize("call", CALLS)
def test_what_boto3_signs_is_verified(client: Any, call: str) -> None:
    assert identify(presigned(client, call)) == KEY.account


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("/bucket/", "/other/"),
        ("AWSAccessKeyId=", "AWSAccessKeyId=X"),
        ("Expires=", "Expires=9"),
        ("Signature=", "Signature=A"),
        ("?", "?acl&"),
        ("?", "?prefix=a&"),
        ("?", "?x-amz-acl=public-read&"),
        ("?", "?Expires=9999999999&"),
    ],
)
def test_any_change_is_refused(client: Any, call: str, old: str, new: str) -> None:
    wire = presigned(client, call)
    with pytest.raises(AwsError):
        identify(replace(wire, uri=wire.uri.replace(old, new, 1)))
    for changed in (
        replace(wire, method="DELETE"),
        replace(wire, headers={"Content-Type": "text/html"}),
        replace(wire, headers={**wire.headers, "x-amz-copy-source": "other/secret"}),
    ):
        with pytest.raises(AwsError):
            identify(changed)


def test_it_has_its_time(client: Any) -> None:
    wire = presigned(client, "get", seconds=1)
    time.sleep(2.1)
    with pytest.raises(AwsError, match="Request has expired"):
        identify(wire)


def test_the_secret_has_to_be_the_right_one() -> None:
    with closing(s3(AccessKey(KEY.key_id, "another"))) as forger, pytest.raises(AwsError) as caught:
        identify(presigned(forger, "get"))
    assert (caught.value.code, caught.value.status) == ("SignatureDoesNotMatch", 403)
