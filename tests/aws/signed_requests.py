"""Requests that no SDK sends, signed as SDKs sign theirs."""

from typing import Any

from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from tests.aws.clients import CREDENTIALS


def own_credentials() -> Credentials:
    """The credentials of the tests' own account."""
    return Credentials(CREDENTIALS["aws_access_key_id"], CREDENTIALS["aws_secret_access_key"])


def signed_headers(
    method: str,
    url: str,
    *,
    body: bytes = b"",
    headers: dict[str, str] | None = None,
    service: str = "sagemaker",
    credentials: Credentials | None = None,
    region: str = CREDENTIALS["region_name"],
) -> dict[str, str]:
    """Sign a request, and return its headers with those of the signature.

    Args:
        method: Of HTTP.
        url: With the query, encoded as SDKs encode it.
        body: All of it.
        headers: Those that are signed, beside the signature's own.
        service: Its name in the signature.
        credentials: Whose signature it is; without them, the tests' own account's.
        region: In the signature.
    """
    request: Any = AWSRequest(method, url, headers or {}, body)
    signer = (S3SigV4Auth if service == "s3" else SigV4Auth)(
        credentials or own_credentials(), service, region
    )
    signer.add_auth(request)
    return dict(request.headers.items())
