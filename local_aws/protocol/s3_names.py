"""S3's rules for the names of buckets and keys, which moto does not hold everywhere.

Sources: "General purpose bucket naming rules" and "Naming Amazon S3 objects" in the user guide of S3.
"""

import re
from urllib.parse import unquote, unquote_to_bytes

from local_aws.errors import AwsError
from local_aws.protocol.signatures.request_headers import SentRequest

_BUCKET = re.compile(r"(?=.{3,63}$)[a-z0-9][a-z0-9-]*(\.[a-z0-9-]+)*(?<=[a-z0-9])", re.ASCII)
_BUCKET_PARTS = re.compile(r"\.-|-\.|\.\.")
_ADDRESS = re.compile(r"\d{1,3}(\.\d{1,3}){3}", re.ASCII)
_RESERVED_BEGINNINGS = ("xn--", "sthree-", "amzn-s3-demo-")
_RESERVED_ENDS = ("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3")
# What moto answers beside the services, without asking who it is that wants it.
_MOTOS_OWN = ("moto-api", "latest", "v20180820", "favicon.ico")
_LONGEST_KEY = 1024


def check_names(request: SentRequest) -> None:
    """Check the bucket and the key that a request of S3 names, and those that it copies from.

    Raises:
        AwsError: `InvalidBucketName`, `KeyTooLongError` or `InvalidURI`.
    """
    path = request.raw_path
    if path != "/":
        bucket, _, key = path.removeprefix("/").partition("/")
        _check(unquote(bucket), unquote_to_bytes(key.encode("latin-1")))
    if (source := request.header("x-amz-copy-source")) is not None:
        bucket, _, key = source.partition("?versionId=")[0].removeprefix("/").partition("/")
        _check(unquote(bucket), unquote_to_bytes(key))


def is_bucket_name(name: str) -> bool:
    """Tell whether S3 allows a name for a bucket."""
    return (
        _BUCKET.fullmatch(name) is not None
        and _BUCKET_PARTS.search(name) is None
        and _ADDRESS.fullmatch(name) is None
        and not name.startswith(_RESERVED_BEGINNINGS)
        and not name.endswith(_RESERVED_ENDS)
        and name not in _MOTOS_OWN
    )


def _check(bucket: str, key: bytes) -> None:
    if not is_bucket_name(bucket):
        raise AwsError("InvalidBucketName", "The specified bucket is not valid.")
    if len(key) > _LONGEST_KEY:
        raise AwsError("KeyTooLongError", "Your key is too long")
    try:
        segments = key.decode().split("/")
    except UnicodeDecodeError:
        raise AwsError("InvalidURI", "Couldn't parse the specified URI.") from None
    depth = 0
    for segment in segments:
        depth += {"..": -1, ".": 0, "": 0}.get(segment, 1)
        # "... the cumulative count of relative path segments never exceeds the number of non-relative path
        # elements."
        if depth < 0:
            raise AwsError("InvalidURI", "Couldn't parse the specified URI.")
