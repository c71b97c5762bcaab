"""What a request says of its sender: an Authorization header, or the query of a presigned URL."""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache

from local_aws.protocol.signatures.refusals import Form, Refusals
from local_aws.protocol.signatures.request_headers import SentRequest

_SCOPE = re.compile(r"([\w.@-]+)/(\d{8})/([a-z]{2}(?:-[a-z]+)+-\d+|aws-global)/([a-z0-9.-]+)/aws4_request")
_AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 +Credential=([^\s,]+) *, *SignedHeaders=([^\s,]+) *, *Signature=([0-9a-f]{64})"
)
_SERVICE = re.compile(r"Credential=[^\s,]+/([a-z0-9.-]+)/aws4_request")
_TIMESTAMP = re.compile(r"[0-9]{8}T[0-9]{6}Z")
_SECONDS = re.compile(r"[0-9]{1,6}")
_LONGEST_PRESIGNED = 7 * 24 * 3600


def form_of(request: SentRequest) -> Form:
    """Tell in which form the service that a request is for answers."""
    if request.header("x-amz-target"):
        return "json"
    service = _SERVICE.search(request.header("authorization") or "")
    if service and service[1] == "sagemaker":
        return "rest-json"
    is_form = (request.header("content-type") or "").startswith("application/x-www-form-urlencoded")
    has_other_service = service is not None and service[1] != "s3"
    return "query" if has_other_service or (is_form and request.method == "POST") else "s3"


@dataclass(frozen=True)
class Claim:
    """Who a request says it comes from, and the signature that has to prove it."""

    key_id: str
    region: str
    service: str
    timestamp: str
    """As it was signed: 20261126T180000Z."""
    signed_headers: tuple[str, ...]
    """Names, in lower case and in order."""
    signature: str
    token: str | None = field(repr=False)
    expires: timedelta | None
    """How long a presigned URL holds; None for a header."""

    @property
    def time(self) -> datetime:
        """When it was signed."""
        return datetime.fromisoformat(self.timestamp)


def claim_of(request: SentRequest, refusals: Refusals) -> Claim:
    """Read the sender's claim.

    Raises:
        AwsError: There is none, or it is not well formed.
    """
    authorization = request.header("authorization")
    query = dict(request.query)
    has_query = "X-Amz-Signature" in query or "X-Amz-Algorithm" in query
    if authorization is None and not has_query:
        raise refusals.error("unsigned")
    if authorization is not None and has_query:
        raise refusals.error("malformed", "Only one auth mechanism allowed")
    if authorization is None:
        return _claim_of_query(request, query, refusals)
    parts = _AUTHORIZATION.fullmatch(authorization.strip())
    if parts is None:
        raise refusals.error("malformed", "The authorization header that you provided is not valid.")
    timestamp = request.header("x-amz-date") or ""
    token = request.header("x-amz-security-token")
    return _claim(parts[1], timestamp, parts[2], parts[3], token=token, expires=None, refusals=refusals)


def _claim_of_query(request: SentRequest, query: dict[str, str], refusals: Refusals) -> Claim:
    names = [name for name, _ in request.query if name.startswith("X-Amz-")]
    credential, date, signed_headers, signature, algorithm, seconds = (
        query.get(f"X-Amz-{name}", "")
        for name in ("Credential", "Date", "SignedHeaders", "Signature", "Algorithm", "Expires")
    )
    is_valid = (
        algorithm == "AWS4-HMAC-SHA256" and len(names) == len(set(names)) and _SECONDS.fullmatch(seconds)
    )
    if not is_valid or not 0 < int(seconds) <= _LONGEST_PRESIGNED:
        raise refusals.error(
            "malformed", "Error parsing the X-Amz-* parameters of the query: one is absent or not valid."
        )
    return _claim(
        credential,
        date,
        signed_headers,
        signature,
        token=query.get("X-Amz-Security-Token"),
        expires=timedelta(seconds=int(seconds)),
        refusals=refusals,
    )


def _claim(
    credential: str,
    timestamp: str,
    signed_headers: str,
    signature: str,
    *,
    token: str | None,
    expires: timedelta | None,
    refusals: Refusals,
) -> Claim:
    scope = _scope(credential)
    if scope is None:
        raise refusals.error(
            "malformed",
            'the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".',
        )
    key_id, date, region, service = scope
    names = _names(signed_headers)
    if names is None:
        raise refusals.error("malformed", "SignedHeaders must hold 'host', in lower case and in order.")
    claim = Claim(key_id, region, service, timestamp, names, signature, token, expires)
    if not _TIMESTAMP.fullmatch(timestamp) or timestamp[:8] != date:
        raise refusals.error("malformed", "The date of the Credential is not that of X-Amz-Date.")
    try:
        claim.time  # noqa: B018 - it is read here first
    except ValueError:
        raise refusals.error("malformed", "X-Amz-Date is no time.") from None
    return claim


# A client's requests have the same credential and headers, all day long.
@lru_cache(maxsize=256)
def _scope(credential: str) -> tuple[str, str, str, str] | None:
    """Return key id, date, region and service of a credential; None where it is not well formed."""
    scope = _SCOPE.fullmatch(credential)
    return (scope[1], scope[2], scope[3], scope[4]) if scope else None


@lru_cache(maxsize=256)
def _names(signed_headers: str) -> tuple[str, ...] | None:
    """Return the names of signed headers; None where they are not lower case, in order and with the host."""
    names = tuple(signed_headers.split(";"))
    is_in_order = list(names) == sorted(set(names)) and signed_headers == signed_headers.lower()
    return names if is_in_order and "host" in names else None
