"""Objects on S3 by their URI: read, written, listed; streamed where they may be too large for memory."""

import os
import threading
from dataclasses import dataclass
from email.utils import formatdate
from http import HTTPStatus
from typing import TYPE_CHECKING, BinaryIO, Self, cast

from botocore.exceptions import BotoCoreError, ClientError
from s3transfer.exceptions import RetriesExceededError, S3DownloadFailedError
from s3transfer.manager import TransferConfig, TransferManager
from s3transfer.subscribers import BaseSubscriber
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt

from include.pipeline.aws.error_words import ACCESS_DENIED, in_words
from include.pipeline.errors import ObjectError
from include.work.progress import BYTES, Progress

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import HeadObjectOutputTypeDef
    from s3transfer.futures import TransferFuture

# Of an object that is replaced while it is read.
_TRIES = 3
_IS_READ = "the object is there, and the Airflow connection may read it"

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

    All of it is of one version: where the object is replaced meanwhile, it is read anew. Seekable, because
    S3Transfer reads a broken part again, and in a stream its first half would stay.

    Args:
        s3: The client.
        uri: Of the object.
        file: Gets its content.
        check_size: Is told its bytes before they are read, and may raise.

    Raises:
        ObjectError: It is absent or denied, or S3 cannot be read.
    """
    retrying = Retrying(
        stop=stop_after_attempt(_TRIES), retry=retry_if_exception_type(S3DownloadFailedError), reraise=True
    )
    try:
        return retrying(_receive_version, s3, uri, file, check_size)
    except ClientError as error:
        words = in_words(error)
        matter = words.matter if words else f"S3 answered {error}"
        mend = words.mend if words else "Check the URI and the Airflow connection"
        raise _refusal(uri, error) or ObjectError(f"{uri}: {matter}", _IS_READ, mend) from None
    except S3DownloadFailedError:
        raise ObjectError(
            f"{uri} is replaced again and again while it is read",
            "all of it is of one version",
            "Clear this task once it is written",
        ) from None
    except (BotoCoreError, RetriesExceededError) as error:
        words = in_words(error) if isinstance(error, BotoCoreError) else None
        mend = words.mend if words else "Check the URI and the network, then clear this task"
        raise ObjectError(f"{uri}: S3 could not be read ({error})", _IS_READ, mend) from None


class _Version(BaseSubscriber):
    """Tells S3Transfer which version to read, which it otherwise asks for, and the log how far it is."""

    def __init__(self, version: ObjectVersion) -> None:
        self._version = version
        self._progress = Progress("Reading from S3", version.bytes, BYTES)
        self._received = 0
        self._lock = threading.Lock()

    def on_queued(self, future: "TransferFuture", **_: object) -> None:
        """Set it before the first request."""
        future.meta.provide_transfer_size(self._version.bytes)
        future.meta.provide_object_etag(self._version.etag)

    def on_progress(self, future: "TransferFuture", bytes_transferred: int, **_: object) -> None:  # noqa: ARG002
        """Count what a thread has received; below 0 where it has to read a part again."""
        with self._lock:
            self._received += bytes_transferred
            self._progress.reached(self._received)


def _receive_version(
    s3: "S3Client", uri: str, file: BinaryIO, check_size: "Callable[[int], None]"
) -> ObjectVersion:
    bucket, key = split_uri(uri)
    version = head_object(s3, uri)
    check_size(version.bytes)
    file.seek(0)
    file.truncate()
    # Only what is read in parts is read with If-Match, so that a later version is refused.
    with TransferManager(s3, TransferConfig(multipart_threshold=1)) as manager:
        manager.download(bucket, key, file, subscribers=[_Version(version)]).result()
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
    except ClientError as unexplained:
        error = _explained(s3, uri, unexplained)
        raise _refusal(uri, error) or error from None


def _explained(s3: "S3Client", uri: str, error: ClientError) -> ClientError:
    """Ask for a byte of the object: an answer to HEAD has no body, and so no code that tells why."""
    if _status(error) not in {HTTPStatus.MOVED_PERMANENTLY, HTTPStatus.BAD_REQUEST, HTTPStatus.FORBIDDEN}:
        return error
    bucket, key = split_uri(uri)
    try:
        s3.get_object(Bucket=bucket, Key=key, Range="bytes=0-0")["Body"].close()
    except ClientError as explained:
        return explained
    return error


def is_there(s3: "S3Client", uri: str) -> bool:
    """Tell whether there is such an object, and it may be read."""
    try:
        head_object(s3, uri)
    except ObjectError:
        return False
    return True


def _refusal(uri: str, error: ClientError) -> ObjectError | None:
    match _status(error):
        case HTTPStatus.NOT_FOUND:
            matter, mend = "there is no such object", "Correct the URI or put the object there"
        case HTTPStatus.FORBIDDEN:
            words = in_words(error) or ACCESS_DENIED
            matter, mend = words.matter, words.mend
            if words == ACCESS_DENIED:
                mend = (
                    "Allow s3:GetObject, and s3:ListBucket, without which an absent object looks denied too. "
                    "S3 also denies a bucket that is not of the account that the Param bucket_owner names"
                )
        case _:
            return None
    return ObjectError(f"{uri}: {matter}", _IS_READ, mend)


def _status(error: ClientError) -> int:
    return error.response["ResponseMetadata"]["HTTPStatusCode"]


def put_file(s3: "S3Client", file: BinaryIO, uri: str, content_type: str = "text/csv") -> None:
    """Upload the whole of a file, of at most `MAX_OBJECT_BYTES`.

    One PUT, no multipart upload: the object is there whole or not at all, and a worker killed on the way
    leaves no parts behind.
    """
    bucket, key = split_uri(uri)
    s3.put_object(Bucket=bucket, Key=key, Body=cast("BinaryIO", _ToldFile(file)), ContentType=content_type)


class _ToldFile:
    """A file from its beginning, which tells the log how far it is read; a second try reads it anew.

    Args:
        file: Seekable.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._progress = Progress("Writing to S3", file.seek(0, os.SEEK_END), BYTES)
        self.seek = file.seek
        self.tell = file.tell
        file.seek(0)

    def read(self, size: int = -1) -> bytes:
        """Read some of it."""
        content = self._file.read(size)
        self._progress.reached(self._file.tell())
        return content


def has_size(s3: "S3Client", uri: str, size: int) -> bool:
    """Tell whether the object is there with this many bytes."""
    bucket, key = split_uri(uri)
    try:
        return s3.head_object(Bucket=bucket, Key=key)["ContentLength"] == size
    except ClientError as error:
        # 403 too: without s3:ListBucket S3 does not say that an object is absent.
        if _status(error) in {HTTPStatus.NOT_FOUND, HTTPStatus.FORBIDDEN}:
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
