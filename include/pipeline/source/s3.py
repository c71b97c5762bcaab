"""A source on S3, one object or all below a prefix: what S3 refuses is told of as the source's fault."""

import hashlib
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import formatdate, parsedate_to_datetime
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, BinaryIO

from botocore.exceptions import ClientError

from include.pipeline.aws.object_store import ObjectVersion, head_object, receive_object, split_uri
from include.pipeline.errors import ObjectError, SourceError
from include.pipeline.source.file_format import check_is_read

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

    from include.pipeline.source.policy import SourcePolicy

# A page of a list.
_MOST_FILES = 1000


def is_prefix(uri: str) -> bool:
    """Tell whether a URI stands for all objects below it."""
    return uri.endswith("/")


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


def receive_below(s3: "S3Client", uri: str, file: BinaryIO, policy: "SourcePolicy") -> ObjectVersion:
    """Read all files below a prefix into a zip archive that is not packed: the same bytes for the same files.

    Args:
        s3: The client.
        uri: The prefix, with its slash at the end.
        file: Empty and seekable. Gets the archive: the files in the order of their keys, by what follows the
            prefix.
        policy: Says how large all of them may be.

    Raises:
        SourceError: There are none, too many or too large, or one is denied, or of a form that is not read.
        ClientError: S3 does not list them, for another reason.
    """
    versions: dict[str, ObjectVersion] = {}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for one in _listed(s3, uri, policy):
            with tempfile.TemporaryFile() as part:
                versions[one] = receive(s3, one, part, policy)
                check_is_read(one, part)
                member = zipfile.ZipInfo(one.removeprefix(uri))  # without a time of its own
                with archive.open(member, "w", force_zip64=True) as target:
                    shutil.copyfileobj(part, target)
            policy.check_size(uri, file.tell())
    return _version_of(versions)


def look_up_below(s3: "S3Client", uri: str, policy: "SourcePolicy") -> ObjectVersion:
    """Ask for the version of all files below a prefix: another one once any of them is changed, new or gone.

    Raises:
        SourceError: There are none, too many or too large, or they may not be listed.
        ClientError: S3 answers otherwise.
    """
    return _version_of(_listed(s3, uri, policy))


def _listed(s3: "S3Client", uri: str, policy: "SourcePolicy") -> dict[str, ObjectVersion]:
    """List the files below a prefix by their URIs, in the order of their keys.

    Left out are empty ones, and those below a name that begins with an underscore or a point, as
    Spark and Hive leave them out.
    """
    bucket, prefix = split_uri(uri)
    found: dict[str, ObjectVersion] = {}
    try:
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
            for item in page.get("Contents", []):
                names = item["Key"].removeprefix(prefix).split("/")
                if item["Size"] and not any(name.startswith(("_", ".")) for name in names):
                    changed = formatdate(item["LastModified"].timestamp(), usegmt=True)
                    found[f"s3://{bucket}/{item['Key']}"] = ObjectVersion(item["ETag"], changed, item["Size"])
            if len(found) > _MOST_FILES:
                rule = f"a source is of at most {_MOST_FILES} files"
                raise SourceError(f"{uri} has more files", rule, "Write them into fewer")
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] not in {
            HTTPStatus.FORBIDDEN,
            HTTPStatus.NOT_FOUND,
        }:
            raise
        code = error.response["Error"]["Code"]
        mend = "Correct the prefix, or have the bucket's policy allow s3:ListBucket for this identity"
        raise SourceError(f"{uri}: S3 answers {code}", "what is below it may be listed", mend) from None
    if not found:
        raise SourceError(
            f"{uri} has no files below it", "a source has a header and rows", "Put the files there"
        )
    policy.check_size(uri, sum(version.bytes for version in found.values()))
    return dict(sorted(found.items()))


def _version_of(versions: dict[str, ObjectVersion]) -> ObjectVersion:
    told = "".join(f"{uri}\n{version.etag}\n" for uri, version in sorted(versions.items()))
    return ObjectVersion(
        etag=hashlib.sha256(told.encode()).hexdigest(),
        last_modified=max(
            (version.last_modified for version in versions.values()), key=parsedate_to_datetime
        ),
        bytes=sum(version.bytes for version in versions.values()),
    )


@contextmanager
def _told_as_source() -> Iterator[None]:
    try:
        yield
    except ObjectError as error:
        raise SourceError(error.found, error.rule, error.mend) from None
