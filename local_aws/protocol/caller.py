"""Who calls, and for which region: read from the SigV4 Authorization header."""

import re
from dataclasses import dataclass
from typing import Self

from moto.iam.models import get_account_id_from

from local_aws.errors import AwsError

# AWS4-HMAC-SHA256 Credential=<access key>/<date>/<region>/<service>/aws4_request, SignedHeaders=...
_CREDENTIAL_SCOPE = re.compile(r"Credential=([^/,\s]+)/\d{8}/([^/,\s]+)/([^/,\s]+)/aws4_request")


@dataclass(frozen=True)
class Caller:
    """The account, region and signing name of a request.

    The signature is not checked: local AWS has no secrets to check it with.
    """

    account: str
    region: str
    service: str

    @classmethod
    def of(cls, authorization: str | None) -> Self:
        """Read a request's Authorization header.

        Raises:
            AwsError: `MissingAuthenticationTokenException`: it has no SigV4 credential scope.
        """
        scope = _CREDENTIAL_SCOPE.search(authorization or "")
        if scope is None:
            raise AwsError("MissingAuthenticationTokenException", "Missing Authentication Token", 403)
        access_key, region, service = scope.groups()
        return cls(get_account_id_from(access_key), region, service)
