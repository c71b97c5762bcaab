"""Objects on S3 by their URI: read, written, listed; streamed where they may be too large for memory."""

import hashlib
from dataclasses import dataclass
from email.utils import formatdate
from http import HTTPStatus
from typing import TYPE_CHECKING, BinaryIO, Self

from botocore.exceptions import BotoCoreError, ClientError
from s3transfer.exceptions import RetriesExceededError

from include.pipeline.errors import SourceError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import HeadObjectOutputTypeDef

MAX_OBJECT_BYTES = 5 * 1024**3  # what S3 takes in one PUT


def split_uri(uri: str) -> tuple[str, str]:
    """Split `s3://bucket/key` into bucket and key, which may hold `?` and `#`; either may be empty."""
    bucket, _, key = uri.partition("://")[2].partition("/")
    return bucket, key


@dataclass(frozen=True)
class Received:
    """What is known of a file once it is here: its hashes in hex, and what the source said of its version."""

    sha1: str
    sha256: str
    bytes: int
    etag: str | None
    last_modified: str | None

    @classmethod
    def of(cls, file: BinaryIO, *, etag: str | None, last_modified: str | None) -> Self:
        """Read the file once to hash it."""
        sha1, sha256 = hashlib.sha1(usedforsecurity=False), hashlib.sha256()
        file.seek(0)
        while piece := file.read(1024**2):
            sha1.update(piece)
            sha256.update(piece)
        return cls(sha1.hexdigest(), sha256.hexdigest(), file.tell(), etag, last_modified)


def check_size(source: str, size: int, max_bytes: int) -> None:
    """Refuse a source with more bytes than allowed.

    Raises:
        SourceError: `size`, all of it or what came so far, is above `max_bytes`.
    """
    if size > max_bytes:
        raise SourceError(
            f"{source} has at least {size} bytes",
            f"a source has at most {max_bytes}",
            "Use a smaller file or raise the limit",
        )


def receive_object(s3: "S3Client", uri: str, file: BinaryIO, max_bytes: int) -> Received:
    """Read an object into an empty, seekable file. The client's own retries apply.

    Seekable, because S3Transfer reads a broken part again, and in a stream its first half would stay.

    Raises:
        SourceError: It is absent, denied, too large, or S3 cannot be read.
    """
    bucket, key = split_uri(uri)
    try:
        head = head_object(s3, uri)
        check_size(uri, head["ContentLength"], max_bytes)
        s3.download_fileobj(bucket, key, file)
    except ClientError as error:
        rule, mend = f"S3 answered {error}", "Check the URI and the Airflow connection"
        raise _refusal(uri, error) or SourceError(uri, rule, mend) from error
    except (BotoCoreError, RetriesExceededError) as error:
        raise SourceError(
            uri, f"S3 could not be read ({error})", "Check the URI and the network, then clear this task"
        ) from error
    last_modified = formatdate(head["LastModified"].timestamp(), usegmt=True)
    return Received.of(file, etag=head["ETag"], last_modified=last_modified)


def head_object(s3: "S3Client", uri: str) -> "HeadObjectOutputTypeDef":
    """Read what S3 knows of an object without its content.

    Raises:
        SourceError: It is absent or denied.
        ClientError: S3 answers otherwise.
    """
    bucket, key = split_uri(uri)
    try:
        return s3.head_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if refusal := _refusal(uri, error):
            raise refusal from error
        raise


def is_there(s3: "S3Client", uri: str) -> bool:
    """Tell whether there is such an object, and it may be read."""
    try:
        head_object(s3, uri)
    except SourceError:
        return False
    return True


def _refusal(uri: str, error: ClientError) -> SourceError | None:
    match error.response["ResponseMetadata"]["HTTPStatusCode"]:
        case HTTPStatus.NOT_FOUND:
            rule, mend = "there is no such object", "Correct the URI or put the object there"
        case HTTPStatus.FORBIDDEN:
            rule = "access is denied"
            mend = "Allow s3:GetObject, and s3:ListBucket, without which an absent object looks denied too"
        case _:
            return None
    return SourceError(uri, rule, mend)


def put_file(s3: "S3Client", file: BinaryIO, uri: str) -> None:
    """Upload the whole of a CSV file, of at most `MAX_OBJECT_BYTES`.

    One PUT, no multipart upload: the object is there whole or not at all, and a worker killed on the way
    leaves no parts behind.
    """
    bucket, key = split_uri(uri)
    file.seek(0)
    s3.put_object(Bucket=bucket, Key=key, Body=file, ContentType="text/csv")


def has_size(s3: "S3Client", uri: str, size: int) -> bool:
    """Tell whether the object is there with this many bytes."""
    bucket, key = split_uri(uri)
    try:
        return s3.head_object(Bucket=bucket, Key=key)["ContentLength"] == size
    except ClientError as error:
        # 403 too: without s3:ListBucket S3 does not say that an object is absent.
        if error.response["ResponseMetadata"]["HTTPStatusCode"] in {
            HTTPStatus.NOT_FOUND,
            HTTPStatus.FORBIDDEN,
        }:
            return False
        raise


def read_object(s3: "S3Client", uri: str) -> bytes:
    """Read a whole object."""
    bucket, key = split_uri(uri)
    return s3.get_object(Bucket=bucket, Key=key)["Body"].read()


def write_object(s3: "S3Client", uri: str, body: bytes, content_type: str) -> None:
    """Write an object: the whole of it, or, on a fault, none."""
    bucket, key = split_uri(uri)
    s3.put_object(Bucket=bucket, Key=key, Body=body, ContentType=content_type)


def copy_object(s3: "S3Client", source_uri: str, uri: str) -> None:
    """Copy an object of at most `MAX_OBJECT_BYTES` within S3."""
    source_bucket, source_key = split_uri(source_uri)
    bucket, key = split_uri(uri)
    s3.copy_object(Bucket=bucket, Key=key, CopySource={"Bucket": source_bucket, "Key": source_key})


def list_objects(s3: "S3Client", prefix_uri: str) -> list[str]:
    """List the URIs of all objects below a prefix; none where there is no such bucket."""
    bucket, prefix = split_uri(prefix_uri)
    try:
        pages = list(s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix))
    except s3.exceptions.NoSuchBucket:
        return []
    return [f"s3://{bucket}/{item['Key']}" for page in pages for item in page.get("Contents", [])]
