"""A source on S3: what S3 refuses is told of as the source's fault."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, BinaryIO

from include.pipeline.aws.object_store import ObjectVersion, head_object, receive_object
from include.pipeline.errors import ObjectError, SourceError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

    from include.pipeline.source.policy import SourcePolicy


def receive(s3: "S3Client", uri: str, file: BinaryIO, policy: "SourcePolicy") -> ObjectVersion:
    """Read the source into an empty, seekable file.

    Raises:
        SourceError: It is absent, denied, too large, or S3 cannot be read.
    """
    with _told_as_source():
        return receive_object(s3, uri, file, partial(policy.check_size, uri))


def look_up(s3: "S3Client", uri: str) -> ObjectVersion:
    """Ask for the source's version.

    Raises:
        SourceError: It is absent or denied.
        ClientError: S3 answers otherwise.
    """
    with _told_as_source():
        return head_object(s3, uri)


@contextmanager
def _told_as_source() -> Iterator[None]:
    try:
        yield
    except ObjectError as error:
        raise SourceError(error.found, error.rule, error.mend) from None
