"""Verify the signature of a request as AWS does, with botocore's own signers."""

import hmac
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth, SigV4Auth, SigV4QueryAuth
from botocore.credentials import Credentials
from botocore.utils import normalize_url_path

from local_aws.errors import AwsError
from local_aws.protocol.caller import Caller
from local_aws.protocol.signatures.access_keys import AccessKeys
from local_aws.protocol.signatures.claim import Claim, claim_of, form_of
from local_aws.protocol.signatures.presigned_v2 import is_presigned_v2, verify_presigned_v2
from local_aws.protocol.signatures.refusals import Refusals
from local_aws.protocol.signatures.request_headers import SentRequest, encoded_query

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_S3 = "s3"
_HASH_HEADER = "x-amz-content-sha256"
# How far the clocks may be apart: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html, and
# "Troubleshoot Signature Version 4 signing": 15 minutes for S3, 5 for most other services.
_MOST_SKEW = timedelta(minutes=15)
_MOST_SKEW_OF_OTHERS = timedelta(minutes=5)


class _SignedHeaders(dict[str, str]):
    """The signed headers, in the form that botocore's signers ask for."""

    def get_all(self, name: str) -> list[str]:
        return [self[name]]


@dataclass
class _Signed:
    """The request as botocore's signers read it."""

    method: str
    url: str
    headers: dict[str, str]
    signed: _SignedHeaders
    context: dict[str, Any]
    body: bytes = b""
    params: None = None


class _AsSigned(SigV4Auth):
    """A signer that signs the headers that the sender has signed, and no others."""

    _region_name: str
    _service_name: str

    def headers_to_sign(self, request: Any) -> Any:
        return request.signed

    def signature(self, string_to_sign: str, request: Any) -> str:
        date = request.context["timestamp"][:8]
        key = _signing_key(self.credentials.secret_key, date, self._region_name, self._service_name)
        return hmac.digest(key, string_to_sign.encode(), "sha256").hex()


@lru_cache(maxsize=64)
def _signing_key(secret: str, *scope: str) -> bytes:
    """Derive the key of a day, region and service, as botocore does for each request anew."""
    key = f"AWS4{secret}".encode()
    for part in (*scope, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key


class _Header(_AsSigned, SigV4Auth):
    pass


class _S3Header(_AsSigned, S3SigV4Auth):
    pass


class _Query(_AsSigned, SigV4QueryAuth):
    pass


class _S3Query(_AsSigned, S3SigV4QueryAuth):
    pass


@dataclass(frozen=True)
class Sender:
    """Who a request is from, once its head is verified. Its body is to be held against what that says."""

    caller: Caller
    refusals: Refusals
    body_hash: str | None
    """What the head says of the body: a SHA-256 or one of S3's words. None where anything may come."""
    claim: Claim | None
    _signer: Any = field(repr=False)
    _context: dict[str, Any] = field(repr=False)

    def signature_of(self, string_to_sign: str) -> str:
        """Sign a further text with the key of the request, as the chunks of a streamed body are."""
        return str(
            self._signer.signature(string_to_sign, _Signed("", "", {}, _SignedHeaders(), self._context))
        )


class Verifier:
    """Verifies requests.

    Args:
        keys: The access keys that there are.
    """

    def __init__(self, keys: AccessKeys) -> None:
        self._keys = keys

    def verify(self, environ: "WSGIEnvironment", body: bytes | None = None) -> Sender:
        """Verify the head of a request.

        Args:
            environ: The request.
            body: The body. It is asked for where the head does not hold its hash, which of S3's requests only
                presigned ones do not.

        Raises:
            AwsError: With AWS's code, in the words of the service that the request is for.
        """
        request = SentRequest(environ)
        refusals = Refusals(form_of(request))
        if refusals.form == _S3 and is_presigned_v2(request):
            caller = verify_presigned_v2(request, self._keys, refusals)
            return Sender(caller, refusals, None, None, None, {})
        claim = claim_of(request, refusals)
        _check_time(claim, refusals)
        key = self._keys.find(claim.key_id)
        if key is None:
            raise refusals.error("unknown key")
        if (claim.token or None) != key.token:
            raise refusals.error("wrong token")
        if key.has_expired:
            raise refusals.error("expired token")
        if unsigned := request.aws_headers - set(claim.signed_headers):
            detail = f"These headers of the request are not signed: {', '.join(sorted(unsigned))}."
            raise refusals.error("unsigned header", detail)
        body_hash = _body_hash(request, claim, body, refusals)
        signer = _signer(claim, Credentials(key.key_id, key.secret, key.token))
        signed = _as_signed(request, claim, body_hash, refusals)
        expected = signer.signature(signer.string_to_sign(signed, signer.canonical_request(signed)), signed)
        if not hmac.compare_digest(expected, claim.signature):
            raise refusals.error("mismatch")
        caller = Caller(key.account, claim.region, claim.service)
        is_open = claim.expires is not None and _HASH_HEADER not in claim.signed_headers
        return Sender(caller, refusals, None if is_open else body_hash, claim, signer, signed.context)


def _check_time(claim: Claim, refusals: Refusals) -> None:
    age = datetime.now(UTC) - claim.time
    if claim.expires is not None:
        if age < -_MOST_SKEW:
            raise AwsError("AccessDenied", "Request is not valid yet", 403)
        if age > claim.expires:
            raise AwsError("AccessDenied", "Request has expired", 403)
        return
    most = _MOST_SKEW if claim.service == _S3 else _MOST_SKEW_OF_OTHERS
    if abs(age) > most:
        now, minutes = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ"), most.seconds // 60
        relation = "expired" if age > most else "not yet current"
        detail = f"Signature {relation}: {claim.timestamp} is more than {minutes} min. away from {now}."
        raise refusals.error("skewed", detail)


def _body_hash(request: SentRequest, claim: Claim, body: bytes | None, refusals: Refusals) -> str:
    told = request.header(_HASH_HEADER)
    if told is not None:
        return told
    if claim.expires is not None:
        return "UNSIGNED-PAYLOAD"
    if claim.service == _S3:
        raise AwsError("InvalidRequest", f"Missing required header for this request: {_HASH_HEADER}", 400)
    if body is None:
        raise refusals.error("mismatch")
    return sha256(body).hexdigest()


def _signer(claim: Claim, credentials: Credentials) -> Any:
    kinds: tuple[type[SigV4Auth], type[SigV4Auth]] = (
        (_Header, _S3Header) if claim.expires is None else (_Query, _S3Query)
    )
    return kinds[claim.service == _S3](credentials, claim.service, claim.region)


def _as_signed(request: SentRequest, claim: Claim, body_hash: str, refusals: Refusals) -> _Signed:
    signed = _SignedHeaders()
    for name in claim.signed_headers:
        value = request.header(name)
        if value is None:
            raise refusals.error("mismatch")
        signed[name] = value
    if claim.service == _S3:
        path = request.encoded_path
    else:
        path = request.raw_path
        # What is signed is the path without "." and "..": others would lead elsewhere, signed alike.
        if ("//" in path or "/." in path) and normalize_url_path(path) != path:
            raise refusals.error("mismatch")
    pairs = [(name, value) for name, value in request.query if name != "X-Amz-Signature"]
    url = f"http://{signed['host']}{path}?{encoded_query(pairs)}"
    return _Signed(
        request.method, url, {"X-Amz-Content-SHA256": body_hash}, signed, {"timestamp": claim.timestamp}
    )
