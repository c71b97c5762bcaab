"""AWS's own words for requests whose sender is not known, in the form that each kind of service answers."""

import json
import uuid
from dataclasses import dataclass
from html import escape
from typing import Literal

from werkzeug.wrappers import Response

from local_aws.errors import AwsError

Reason = Literal[
    "unsigned",
    "malformed",
    "unknown key",
    "mismatch",
    "wrong token",
    "expired token",
    "skewed",
    "unsigned header",
]
Form = Literal["s3", "json", "rest-json", "query"]

_UNKNOWN_KEY = "The security token included in the request is invalid."
_EXPIRED = "The security token included in the request is expired"
_MISMATCH = (
    "The request signature we calculated does not match the signature you provided. Check your {key} and "
    "signing method.{more}"
)
_OF_JSON: dict[Reason, tuple[str, int, str]] = {
    "unsigned": ("MissingAuthenticationTokenException", 403, "Missing Authentication Token"),
    "malformed": ("IncompleteSignatureException", 403, ""),
    "unknown key": ("UnrecognizedClientException", 400, _UNKNOWN_KEY),
    "mismatch": (
        "InvalidSignatureException",
        400,
        _MISMATCH.format(key="AWS Secret Access Key", more=" Consult the service documentation for details."),
    ),
    "wrong token": ("UnrecognizedClientException", 400, _UNKNOWN_KEY),
    "expired token": ("ExpiredTokenException", 400, _EXPIRED),
    "skewed": ("InvalidSignatureException", 400, ""),
    "unsigned header": ("InvalidSignatureException", 400, ""),
}
_OF_QUERY: dict[Reason, tuple[str, int]] = {
    "unsigned": ("MissingAuthenticationToken", 403),
    "malformed": ("IncompleteSignature", 400),
    "unknown key": ("InvalidClientTokenId", 403),
    "mismatch": ("SignatureDoesNotMatch", 403),
    "wrong token": ("InvalidClientTokenId", 403),
    "expired token": ("ExpiredToken", 403),
    "skewed": ("SignatureDoesNotMatch", 403),
    "unsigned header": ("SignatureDoesNotMatch", 403),
}
_OF_S3: dict[Reason, tuple[str, int, str]] = {
    "unsigned": ("AccessDenied", 403, "Access Denied"),
    "malformed": ("AuthorizationHeaderMalformed", 400, ""),
    "unknown key": (
        "InvalidAccessKeyId",
        403,
        "The AWS Access Key Id you provided does not exist in our records.",
    ),
    "mismatch": ("SignatureDoesNotMatch", 403, _MISMATCH.format(key="key", more="")),
    "wrong token": ("InvalidToken", 400, "The provided token is malformed or otherwise invalid."),
    "expired token": ("ExpiredToken", 400, "The provided token has expired."),
    "skewed": (
        "RequestTimeTooSkewed",
        403,
        "The difference between the request time and the current time is too large.",
    ),
    "unsigned header": (
        "AccessDenied",
        403,
        "There were headers present in the request which were not signed",
    ),
}


@dataclass(frozen=True)
class Refusals:
    """The refusals of one kind of service."""

    form: Form

    def error(self, reason: Reason, detail: str = "") -> AwsError:
        """Return the error for a reason.

        Args:
            reason: Why the sender is not known.
            detail: AWS's text, where it depends on the request.
        """
        if self.form == "s3":
            code, status, text = _OF_S3[reason]
            return AwsError(code, detail if reason == "malformed" else text, status)
        code, status, text = _OF_JSON[reason]
        if self.form == "query":
            code, status = _OF_QUERY[reason]
        return AwsError(code, detail or text, status)

    def answer(self, error: AwsError, method: str) -> Response:
        """Render an error as the service does."""
        return as_answer(error, self.form, method)


def as_answer(error: AwsError, form: Form, method: str = "POST") -> Response:
    """Render an error.

    Args:
        error: What is to be told.
        form: The kind of service that tells it.
        method: Of the request: an answer to HEAD has no body.
    """
    request_id = str(uuid.uuid4())
    if form in ("json", "rest-json"):
        headers = {"x-amzn-RequestId": request_id, "x-amzn-ErrorType": error.code}
        is_rest = form == "rest-json"
        body = json.dumps({"message": error.message}).encode() if is_rest else error.body()
        content_type = "application/json" if is_rest else "application/x-amz-json-1.1"
        return Response(body, error.status, headers, content_type=content_type)
    code, message = escape(error.code, quote=False), escape(error.message, quote=False)
    inner = f"<Code>{code}</Code><Message>{message}</Message>"
    if form == "s3":
        request_id = uuid.uuid4().hex[:16].upper()
        inner = f"{inner}<RequestId>{request_id}</RequestId>"
        document = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error>{inner}</Error>'
        headers = {"x-amz-request-id": request_id}
        body = b"" if method == "HEAD" else document.encode()
        return Response(body, error.status, headers, content_type="application/xml")
    inner = f"<Error><Type>Sender</Type>{inner}</Error><RequestId>{request_id}</RequestId>"
    document = f"<ErrorResponse>{inner}</ErrorResponse>"
    return Response(document, error.status, {"x-amzn-RequestId": request_id}, content_type="text/xml")
