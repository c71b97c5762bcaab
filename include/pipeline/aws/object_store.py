"""Objects on S3 by their URI: read, written, listed; streamed where they may be too large for memory."""

from dataclasses import dataclass
from email.utils import formatdate
from http import HTTPStatus
from typing import TYPE_CHECKING, BinaryIO, Self

from botocore.exceptions import BotoCoreError, ClientError
from s3transfer.exceptions import RetriesExceededError

from include.pipeline.errors import ObjectError

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import HeadObjectOutputTypeDef

MAX_OBJECT_BYTES = 5 * 1024**3  # what S3 takes in one PUT


def split_uri(uri: str) -> tuple[str, str]:
    """Split `s3://bucket/key` into bucket and key, which may hold `?` and `#`; either may be empty."""
    bucket, _, key = uri.partition("://")[2].partition("/")
    return bucket, key


@dataclass(frozen=True)
class ObjectVersion:
    """What S3 says of an object's version."""

    etag: str
    last_modified: str
    """As an HTTP date."""
    bytes: int

    @classmethod
    def of(cls, head: "HeadObjectOutputTypeDef") -> Self:
        """Take it from the answer of HeadObject."""
        changed = formatdate(head["LastModified"].timestamp(), usegmt=True)
        return cls(etag=head["ETag"], last_modified=changed, bytes=head["ContentLength"])


def receive_object(
    s3: "S3Client", uri: str, file: BinaryIO, check_size: "Callable[[int], None]" = lambda _: None
) -> ObjectVersion:
    """Read an object into an empty, seekable file. The client's own retries apply.

    Seekable, because S3Transfer reads a broken part again, and in a stream its first half would stay.

    Args:
        s3: The client.
        uri: Of the object.
        file: Gets its content.
        check_size: Is told its bytes before they are read, and may raise.

    Raises:
        ObjectError: It is absent or denied, or S3 cannot be read.
    """
    bucket, key = split_uri(uri)
    try:
        version = head_object(s3, uri)
        check_size(version.bytes)
        s3.download_fileobj(bucket, key, file)
    except ClientError as error:
        rule, mend = f"S3 answered {error}", "Check the URI and the Airflow connection"
        raise _refusal(uri, error) or ObjectError(uri, rule, mend) from error
    except (BotoCoreError, RetriesExceededError) as error:
        raise ObjectError(
            uri, f"S3 could not be read ({error})", "Check the URI and the network, then clear this task"
        ) from error
    return version


def head_object(s3: "S3Client", uri: str) -> ObjectVersion:
    """Ask S3 for an object's version, without its content.

    Raises:
        ObjectError: It is absent or denied.
        ClientError: S3 answers otherwise.
    """
    bucket, key = split_uri(uri)
    try:
        return ObjectVersion.of(s3.head_object(Bucket=bucket, Key=key))
    except ClientError as error:
        if refusal := _refusal(uri, error):
            raise refusal from error
        raise


def is_there(s3: "S3Client", uri: str) -> bool:
    """Tell whether there is such an object, and it may be read."""
    try:
        head_object(s3, uri)
    except ObjectError:
        return False
    return True


def _refusal(uri: str, error: ClientError) -> ObjectError | None:
    match error.response["ResponseMetadata"]["HTTPStatusCode"]:
        case HTTPStatus.NOT_FOUND:
            rule, mend = "there is no such object", "Correct the URI or put the object there"
        case HTTPStatus.FORBIDDEN:
            rule = "access is denied"
            mend = "Allow s3:GetObject, and s3:ListBucket, without which an absent object looks denied too"
        case _:
            return None
    return ObjectError(uri, rule, mend)


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
