"""The KMS key of what is written to S3."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

# Every operation by which an object comes to be.
_WRITES = ("CopyObject", "CreateMultipartUpload", "PutObject")


def encrypt_writes(s3: "S3Client", key: str | None) -> None:
    """Let all that a client writes from now on be encrypted with a KMS key.

    Rule: https://docs.aws.amazon.com/AmazonS3/latest/userguide/specifying-kms-encryption.html

    Args:
        s3: The client.
        key: ID, ARN or alias; None leaves the client as it is: the bucket's default encryption holds.
    """

    def add_key(params: dict[str, Any], **_: object) -> None:
        params |= {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key}

    for operation in _WRITES if key else ():
        s3.meta.events.register(f"provide-client-params.s3.{operation}", add_key)
