"""Tell who sent a request, and take nothing from anybody else."""

import re
from typing import TYPE_CHECKING, Protocol

from moto.iam.models import get_account_id_from

from local_aws.errors import AwsError
from local_aws.protocol.caller import Caller
from local_aws.protocol.signatures.claim import form_of
from local_aws.protocol.signatures.refusals import Refusals
from local_aws.protocol.signatures.request_headers import SentRequest
from local_aws.protocol.signatures.signed_body import check_body
from local_aws.protocol.signatures.verification import Verifier

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

# AWS4-HMAC-SHA256 Credential=<access key>/<date>/<region>/<service>/aws4_request, SignedHeaders=...
_CREDENTIAL_SCOPE = re.compile(r"Credential=([^/,\s]+)/\d{8}/([a-z0-9-]+)/([a-z0-9.-]+)/aws4_request")
# What moto takes an account from, before it looks at the key.
_ACCOUNT_FOR_MOTO = "HTTP_X_MOTO_ACCOUNT_ID"


class Authentication(Protocol):
    """A way to tell who sent a request."""

    def admit(self, environ: "WSGIEnvironment") -> None:
        """Check the head of a request before a large body is received.

        Raises:
            AwsError: The body is not to be received.
        """

    def identify(self, environ: "WSGIEnvironment") -> Caller:
        """Return who sent a whole request.

        Raises:
            AwsError: That cannot be told.
        """


class BySignature:
    """Requests are from whom their signature proves.

    Args:
        verifier: Verifies signatures.
    """

    def __init__(self, verifier: Verifier) -> None:
        self._verifier = verifier

    def admit(self, environ: "WSGIEnvironment") -> None:
        """Verify the head of a request."""
        _check_url(environ)
        self._verifier.verify(environ)

    def identify(self, environ: "WSGIEnvironment") -> Caller:
        """Verify a whole request, and let moto work for the account whose key has signed it."""
        _check_url(environ)
        body = None
        if "HTTP_X_AMZ_CONTENT_SHA256" not in environ:
            body = environ["wsgi.input"].read()
            environ["wsgi.input"].seek(0)
        sender = self._verifier.verify(environ, body)
        check_body(sender, environ)
        # The signature has a space as %20; in a query "+" is one too, but not to all of moto.
        if "+" in environ["QUERY_STRING"]:
            environ["QUERY_STRING"] = environ["QUERY_STRING"].replace("+", "%20")
            path, mark, query = str(environ["REQUEST_URI"]).partition("?")
            environ["REQUEST_URI"] = path + mark + query.replace("+", "%20")
        environ[_ACCOUNT_FOR_MOTO] = sender.caller.account
        return sender.caller


class AnySignature:
    """Requests are from whom they say, as moto takes them: for test suites that sign with made-up keys."""

    def admit(self, environ: "WSGIEnvironment") -> None:
        """Receive any body."""

    def identify(self, environ: "WSGIEnvironment") -> Caller:
        """Return whom the Authorization header names. To S3 a request without one is welcome, too."""
        environ.pop(_ACCOUNT_FOR_MOTO, None)
        request = SentRequest(environ)
        scope = _CREDENTIAL_SCOPE.search(request.header("authorization") or "")
        if scope is None:
            refusals = Refusals(form_of(request))
            if refusals.form != "s3":
                raise refusals.error("unsigned")
            return Caller(get_account_id_from(""), "us-east-1", "s3")
        access_key, region, service = scope.groups()
        return Caller(get_account_id_from(access_key), region, service)


def _check_url(environ: "WSGIEnvironment") -> None:
    # Before a "#" and after it lies what one reader of a URL takes for the path, and another does not.
    if "#" in str(environ["REQUEST_URI"]) or not str(environ["REQUEST_URI"]).startswith("/"):
        raise AwsError("InvalidURI", "Couldn't parse the specified URI.")
