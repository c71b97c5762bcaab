"""Files to and from S3, also from one that does not work."""

import io
import itertools
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from include.pipeline.aws.object_store import (
    copy_object,
    has_size,
    is_there,
    list_objects,
    put_file,
    read_object,
    receive_object,
    split_uri,
    write_object,
)
from include.pipeline.errors import ObjectError
from tests.services.misbehaving_web import CSV, Answer, MisbehavingWeb

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@pytest.fixture
def odd_s3(web: MisbehavingWeb) -> Iterator["S3Client"]:
    """An S3 that answers as the test says."""
    client = boto3.client(
        "s3",
        region_name="us-east-1",
        endpoint_url=f"http://{web.host}",
        aws_access_key_id="test",
        aws_secret_access_key="made-up",
        config=Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}),
    )
    yield client
    client.close()


@pytest.mark.parametrize(
    ("uri", "parts"),
    [
        ("s3://bucket/a/b?c#d.csv", ("bucket", "a/b?c#d.csv")),
        ("s3://bucket", ("bucket", "")),
        ("s3:///key", ("", "key")),
    ],
)
def test_a_uri_is_bucket_and_key(uri: str, parts: tuple[str, str]) -> None:
    assert split_uri(uri) == parts


@pytest.mark.long
@pytest.mark.parametrize("size", [0, 16, 20_000_000])  # S3Transfer reads more than 8 MiB in parts
def test_what_is_put_is_what_is_received(size: int, s3: "S3Client") -> None:
    body = (CSV * (size // 16 + 1))[:size]
    put_file(s3, io.BytesIO(body), "s3://bucket/x/bank.csv")
    file = io.BytesIO()
    received = receive_object(s3, "s3://bucket/x/bank.csv", file)
    head = s3.head_object(Bucket="bucket", Key="x/bank.csv")
    assert file.getvalue() == body
    assert (received.bytes, received.etag) == (size, head["ETag"])
    assert parsedate_to_datetime(received.last_modified) == head["LastModified"]


def test_a_file_is_put_from_its_start(s3: "S3Client") -> None:
    file = io.BytesIO(CSV)
    file.read()
    put_file(s3, file, "s3://bucket/bank.csv")
    assert has_size(s3, "s3://bucket/bank.csv", 16)
    assert not has_size(s3, "s3://bucket/bank.csv", 15)
    assert not has_size(s3, "s3://bucket/absent.csv", 16)


@pytest.mark.parametrize(
    ("uri", "said"),
    [
        ("s3://bucket/absent.csv", "there is no such object"),
        ("s3://nobodys/bank.csv", "there is no such object"),
        ("s3://No_Bucket!/bank.csv", "S3 could not be read .Parameter validation failed"),
    ],
)
def test_an_object_is_refused(uri: str, said: str, s3: "S3Client") -> None:
    with pytest.raises(ObjectError, match=said):
        receive_object(s3, uri, io.BytesIO())


def test_an_object_whose_size_is_refused_is_not_read(s3: "S3Client") -> None:
    put_file(s3, io.BytesIO(CSV), "s3://bucket/bank.csv")
    file = io.BytesIO()

    def refuse(size: int) -> None:
        raise ValueError(f"{size} bytes")

    with pytest.raises(ValueError, match=r"^16 bytes$"):
        receive_object(s3, "s3://bucket/bank.csv", file, refuse)
    assert file.getvalue() == b""


VERSION = {"ETag": '"v1"', "Last-Modified": "Mon, 23 Nov 2026 18:00:00 GMT"}


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer(status=403), "access is denied"),
        (Answer(status=500), "S3 answered .*500"),
        (Answer(CSV[:9], headers=VERSION, promised=16), "S3 could not be read"),
    ],
)
def test_an_s3_that_does_not_give_is_refused(
    answer: Answer, said: str, web: MisbehavingWeb, odd_s3: "S3Client"
) -> None:
    web.url("/bucket/bank.csv", answer)
    with pytest.raises(ObjectError, match=said):
        receive_object(odd_s3, "s3://bucket/bank.csv", io.BytesIO())


def test_a_broken_part_is_read_again(web: MisbehavingWeb, odd_s3: "S3Client") -> None:
    whole, broken = Answer(headers=VERSION), Answer(CSV[:9], headers=VERSION, promised=16)
    web.url("/bucket/bank.csv", whole, broken, whole)  # the first is asked for its headers only
    file = io.BytesIO()
    receive_object(odd_s3, "s3://bucket/bank.csv", file)
    assert file.getvalue() == CSV
    assert web.asked["GET /bucket/bank.csv"] == 2


def error(code: str, message: str = "...") -> bytes:
    return f"<Error><Code>{code}</Code><Message>{message}</Message></Error>".encode()


@pytest.mark.parametrize(
    ("code", "message", "said"),
    [
        ("InvalidObjectState", "not valid for the storage class", "the object is archived (?s:.*)Restore it"),
        ("RequestTimeTooSkewed", "too large", "the worker's clock and AWS's differ"),
        ("InvalidAccessKeyId", "does not exist", "AWS does not know the access key"),
        ("AccessDenied", "not allowed to kms:Decrypt", "access to the KMS key"),
        ("AccessDenied", "with an explicit deny in a service control policy", "explicit deny in a service"),
        ("AccessDenied", "Access Denied", "To do: Allow s3:GetObject, and s3:ListBucket"),
    ],
)
@pytest.mark.parametrize("head", [200, 403])  # S3 answers HEAD without a body
def test_a_denied_object_is_told_by_what_the_answer_to_get_says(  # noqa: PLR0917 - parameters and fixtures
    head: int, code: str, message: str, said: str, web: MisbehavingWeb, odd_s3: "S3Client"
) -> None:
    refused = Answer(error(code, message), status=403)
    first = Answer(headers=VERSION) if head == 200 else refused
    web.url("/bucket/bank.csv", first, refused)
    with pytest.raises(ObjectError, match=said):
        receive_object(odd_s3, "s3://bucket/bank.csv", io.BytesIO())


def test_an_expired_token_is_told_where_the_answer_to_head_is_a_bad_request(
    web: MisbehavingWeb, odd_s3: "S3Client"
) -> None:
    web.url("/bucket/bank.csv", Answer(error("ExpiredToken", "has expired"), status=400))
    with pytest.raises(ObjectError, match="the session token of the Airflow connection has expired"):
        receive_object(odd_s3, "s3://bucket/bank.csv", io.BytesIO())
    with pytest.raises(ClientError, match="ExpiredToken"):
        is_there(odd_s3, "s3://bucket/bank.csv")


@pytest.mark.long
@pytest.mark.parametrize("size", [1, 16, 20_000_000])
@pytest.mark.parametrize("times", [1, 2])
def test_an_object_that_is_replaced_while_it_is_read_is_read_anew(
    times: int, size: int, s3: "S3Client"
) -> None:
    put_file(s3, io.BytesIO(b"1" * size), "s3://bucket/bank.csv")
    bodies = [b"%d" % (attempt + 2) * size for attempt in range(times)]

    def replace(_: int) -> None:
        if bodies:
            put_file(s3, io.BytesIO(bodies.pop(0)), "s3://bucket/bank.csv")

    file = io.BytesIO()
    received = receive_object(s3, "s3://bucket/bank.csv", file, replace)
    assert file.getvalue() == b"%d" % (times + 1) * size
    assert received.etag == s3.head_object(Bucket="bucket", Key="bank.csv")["ETag"]


def test_an_object_that_is_always_replaced_is_refused(s3: "S3Client") -> None:
    put_file(s3, io.BytesIO(CSV), "s3://bucket/bank.csv")
    counted = itertools.count()

    def replace(_: int) -> None:
        put_file(s3, io.BytesIO(b"%d" % next(counted)), "s3://bucket/bank.csv")

    with pytest.raises(ObjectError, match="is replaced again and again while it is read"):
        receive_object(s3, "s3://bucket/bank.csv", io.BytesIO(), replace)
    assert next(counted) == 3


def test_a_role_that_may_not_list_learns_of_no_object(web: MisbehavingWeb, odd_s3: "S3Client") -> None:
    web.url("/bucket/bank.csv", Answer(status=403))
    assert not has_size(odd_s3, "s3://bucket/bank.csv", 16)


def test_an_s3_that_fails_is_not_taken_for_one_without_the_object(
    web: MisbehavingWeb, odd_s3: "S3Client"
) -> None:
    web.url("/bucket/bank.csv", Answer(status=500))
    with pytest.raises(ClientError, match="500"):
        has_size(odd_s3, "s3://bucket/bank.csv", 16)


def test_a_copy_has_content_and_type_of_what_was_copied(s3: "S3Client") -> None:
    s3.create_bucket(Bucket="other")
    write_object(s3, "s3://bucket/a b/c+d?e#f.json", b"{}", "application/json")
    copy_object(s3, "s3://bucket/a b/c+d?e#f.json", "s3://other/copy.json")
    head = s3.head_object(Bucket="other", Key="copy.json")
    assert head["ContentType"] == "application/json"
    assert read_object(s3, "s3://other/copy.json") == b"{}"
    assert read_object(s3, "s3://bucket/a b/c+d?e#f.json") == b"{}"


def test_a_copy_takes_the_place_of_what_was_there(s3: "S3Client") -> None:
    write_object(s3, "s3://bucket/new", b"new", "text/plain")
    write_object(s3, "s3://bucket/old", b"old", "text/plain")
    copy_object(s3, "s3://bucket/new", "s3://bucket/old")
    assert read_object(s3, "s3://bucket/old") == b"new"


def test_what_is_absent_is_not_copied(s3: "S3Client") -> None:
    with pytest.raises(ClientError, match="NoSuchKey"):
        copy_object(s3, "s3://bucket/absent", "s3://bucket/copy")
    assert list_objects(s3, "s3://bucket/") == []


def test_an_object_is_there_under_its_whole_name_alone(s3: "S3Client") -> None:
    write_object(s3, "s3://bucket/run/model.tar.gz", b"", "application/x-tar")
    assert is_there(s3, "s3://bucket/run/model.tar.gz")
    assert not is_there(s3, "s3://bucket/run/model.tar")
    assert not is_there(s3, "s3://bucket/run")
    assert not is_there(s3, "s3://nobodys/run/model.tar.gz")


def test_what_may_not_be_read_counts_as_absent(web: MisbehavingWeb, odd_s3: "S3Client") -> None:
    web.url("/bucket/model.tar.gz", Answer(status=403))
    assert not is_there(odd_s3, "s3://bucket/model.tar.gz")


def test_an_s3_that_fails_does_not_make_an_object_absent(web: MisbehavingWeb, odd_s3: "S3Client") -> None:
    web.url("/bucket/model.tar.gz", Answer(status=500))
    with pytest.raises(ClientError, match="500"):
        is_there(odd_s3, "s3://bucket/model.tar.gz")


@pytest.mark.slow
def test_more_objects_than_s3_lists_at_once_are_listed_in_the_order_of_their_names(s3: "S3Client") -> None:
    for number in reversed(range(1001)):
        write_object(s3, f"s3://bucket/x/{number:04}", b"", "text/plain")
    write_object(s3, "s3://bucket/y", b"", "text/plain")
    assert list_objects(s3, "s3://bucket/x/") == [f"s3://bucket/x/{number:04}" for number in range(1001)]


def test_of_a_bucket_that_is_not_there_nothing_is_listed(s3: "S3Client") -> None:
    assert list_objects(s3, "s3://nobodys/x/") == []
