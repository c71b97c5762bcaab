"""All that a bucket holds below a prefix, shown or not: versions, delete markers, unfinished uploads.

In a versioned bucket a deletion hides an object: each version stays, can be read by its id, and is billed.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/DeletingObjectVersions.html
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from botocore.exceptions import ClientError
from more_itertools import batched

from include.pipeline.aws.object_store import split_uri
from include.pipeline.errors import CleanupError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import ObjectIdentifierTypeDef

# Of one DeleteObjects.
_MOST_KEYS = 1000
# What S3 calls the version of an object that was written while the bucket kept no versions.
_NO_VERSION = "null"


@dataclass(frozen=True)
class Stored:
    """One thing that S3 keeps, and bills, under a key."""

    kind: Literal["version", "delete marker", "upload"]
    bucket: str
    key: str
    id: str
    """Of the version or the upload; `null` where the bucket kept no versions."""
    is_latest: bool = False
    """Whether it decides what is shown under the key."""

    @property
    def uri(self) -> str:
        """The URI of the object."""
        return f"s3://{self.bucket}/{self.key}"

    def __str__(self) -> str:
        if self.kind == "version" and self.id == _NO_VERSION:
            return self.uri
        return f"{self.uri} ({self.kind} {self.id})"


def list_stored(s3: "S3Client", prefix_uri: str) -> list[Stored]:
    """List all that is stored below a prefix; nothing where there is no such bucket."""
    bucket, prefix = split_uri(prefix_uri)
    try:
        versions = list(s3.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=prefix))
        uploads = list(s3.get_paginator("list_multipart_uploads").paginate(Bucket=bucket, Prefix=prefix))
    except s3.exceptions.NoSuchBucket:
        return []
    return [
        *(
            Stored("version", bucket, item["Key"], item["VersionId"], item["IsLatest"])
            for page in versions
            for item in page.get("Versions", [])
        ),
        *(
            Stored("delete marker", bucket, item["Key"], item["VersionId"], item["IsLatest"])
            for page in versions
            for item in page.get("DeleteMarkers", [])
        ),
        *(
            Stored("upload", bucket, item["Key"], item["UploadId"])
            for page in uploads
            for item in page.get("Uploads", [])
        ),
    ]


def delete_stored(s3: "S3Client", stored: "Iterable[Stored]") -> list[Stored]:
    """Delete versions and delete markers for good, and abort uploads.

    What is shown goes last: were it the first, an older version would be shown in its place for a moment.

    Returns:
        What was deleted.

    Raises:
        CleanupError: S3 keeps some of it. What could be deleted is.
    """
    gone, kept = [], []
    found = list(stored)
    uploads = [each for each in found if each.kind == "upload"]
    older = [each for each in found if each.kind != "upload" and not each.is_latest]
    latest = [each for each in found if each.kind != "upload" and each.is_latest]
    for upload in uploads:
        try:
            s3.abort_multipart_upload(Bucket=upload.bucket, Key=upload.key, UploadId=upload.id)
        except s3.exceptions.NoSuchUpload:
            # It was completed, or aborted, since it was listed.
            continue
        gone.append(upload)
    for batch in (*batched(older, _MOST_KEYS), *batched(latest, _MOST_KEYS)):
        refused = _delete_batch(s3, batch)
        gone += [each for each in batch if each not in refused]
        kept += [f"{each}: {message}" for each, message in refused.items()]
    if kept:
        raise CleanupError(
            f"{kept[0]} ({len(kept)} in all)",
            "what delete_data names can be deleted, in every version",
            "Allow s3:DeleteObjectVersion on the bucket. Where object lock or MFA delete keeps it, wait for "
            "the lock's end or have the bucket's owner delete it. Then clear this task",
        )
    return gone


def _delete_batch(s3: "S3Client", batch: "Sequence[Stored]") -> "dict[Stored, str]":
    """Delete what one request can name, and return what S3 refuses of it, with its reason."""
    named: list[ObjectIdentifierTypeDef] = [{"Key": each.key, "VersionId": each.id} for each in batch]
    try:
        answer = s3.delete_objects(Bucket=batch[0].bucket, Delete={"Objects": named, "Quiet": True})
    except ClientError as error:
        # A bucket with MFA delete refuses the request as a whole.
        if error.response["Error"]["Code"] != "AccessDenied":
            raise
        return dict.fromkeys(batch, error.response["Error"].get("Message", "Access Denied"))
    return {
        each: fault.get("Message", "")
        for fault in answer.get("Errors", [])
        for each in batch
        if each.key == fault.get("Key") and fault.get("VersionId") in {None, each.id}
    }
