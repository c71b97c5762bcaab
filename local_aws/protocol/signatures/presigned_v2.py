"""Presigned URLs of S3's older signature, version 2, which boto3 makes unless it is told otherwise."""

import hmac
import time
from typing import Any
from urllib.parse import SplitResult

from botocore.auth import HmacV1QueryAuth
from botocore.compat import HTTPHeaders
from botocore.credentials import Credentials

from local_aws.errors import AwsError
from local_aws.protocol.caller import Caller
from local_aws.protocol.signatures.access_keys import AccessKeys
from local_aws.protocol.signatures.refusals import Refusals
from local_aws.protocol.signatures.request_headers import SentRequest, encoded_query

_OF_THE_SIGNATURE = {"AWSAccessKeyId", "Signature", "Expires"}
_STANDARD_HEADERS = ("content-md5", "content-type")
_AWS_HEADER = "x-amz-"
_TOKEN = "x-amz-security-token"  # noqa: S105 - a name
_REGION = "us-east-1"


class _AsSigned(HmacV1QueryAuth):
    """A signer of the time that the sender has signed."""

    def __init__(self, credentials: Credentials, until: str) -> None:
        super().__init__(credentials)
        self._until = until

    def _get_date(self) -> str:
        return self._until


def is_presigned_v2(request: SentRequest) -> bool:
    """Tell whether a request has the query of such a URL."""
    names = {name for name, _ in request.query}
    return {"AWSAccessKeyId", "Signature"} <= names and request.header("authorization") is None


def verify_presigned_v2(request: SentRequest, keys: AccessKeys, refusals: Refusals) -> Caller:
    """Verify the signature of such a URL. It does not cover the region, and neither the body.

    Raises:
        AwsError: With S3's code.
    """
    query = dict(request.query)
    expires = query.get("Expires", "")
    if not expires.isdecimal():
        raise AwsError("AccessDenied", "Query-string authentication requires the Expires parameter", 403)
    if time.time() > int(expires):
        raise AwsError("AccessDenied", "Request has expired", 403)
    headers, resource = _covered(request)
    key = keys.find(query["AWSAccessKeyId"])
    if key is None:
        raise refusals.error("unknown key")
    if headers.get(_TOKEN) != key.token:
        raise refusals.error("wrong token")
    if key.has_expired:
        raise refusals.error("expired token")
    signer = _AsSigned(Credentials(key.key_id, key.secret, key.token), expires)
    split = SplitResult("http", "", request.encoded_path, resource, "")
    expected = signer.get_signature(request.method, split, headers)
    if not hmac.compare_digest(expected.encode(), query["Signature"].encode()):
        raise refusals.error("mismatch")
    return Caller(key.account, _REGION, "s3")


def _covered(request: SentRequest) -> tuple[Any, str]:
    """Return the headers and the part of the query that the signature covers, and refuse anything else."""
    headers: dict[str, str] = {}
    resource: list[str] = []
    seen: set[str] = set()
    for name, value in request.query:
        if name in seen:
            raise AwsError("AccessDenied", f"{name} occurs twice in the query.", 403)
        seen.add(name)
        if name.startswith(_AWS_HEADER) or name in _STANDARD_HEADERS:
            headers[name] = value
        elif name in HmacV1QueryAuth.QSAOfInterest:
            # The names of sub-resources are signed without "=" where they have no value.
            resource.append(encoded_query([(name, value)]) if value else name)
        elif name not in _OF_THE_SIGNATURE:
            message = f"Signature version 2 does not cover {name}: sign with s3v4 instead."
            raise AwsError("AccessDenied", message, 403)
    for name in {*request.aws_headers, *_STANDARD_HEADERS}:
        # A header counts, also where the query says something else.
        if (sent := request.header(name)) is not None:
            headers[name] = sent
    covered: Any = HTTPHeaders()
    for name, value in headers.items():
        covered[name] = value
    return covered, "&".join(resource)
