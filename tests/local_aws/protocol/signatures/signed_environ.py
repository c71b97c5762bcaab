"""Requests as botocore signs them, in the form in which the server gets them."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.auth import BaseSigner, S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from local_aws.protocol.signatures.access_key import AccessKey

KEY = AccessKey("AKIATESTTESTTESTTEST", "made-up")
HOST = "127.0.0.1:5555"
REGION = "us-east-1"


@dataclass
class Wire:
    """A request on the wire."""

    method: str
    uri: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    def environ(self) -> dict[str, Any]:
        """The request as waitress hands it on."""
        path, _, query = self.uri.partition("?")
        named = {name.upper().replace("-", "_"): value for name, value in self.headers.items()}
        plain = ("CONTENT_TYPE", "CONTENT_LENGTH")
        return {
            "REQUEST_METHOD": self.method,
            "REQUEST_URI": self.uri,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "HTTP_HOST": HOST,
            "CONTENT_LENGTH": str(len(self.body)),
            "wsgi.input": BytesIO(self.body),
            **{name if name in plain else f"HTTP_{name}": value for name, value in named.items()},
        }


def signed(
    wire: Wire,
    service: str = "s3",
    *,
    signer: BaseSigner | None = None,
    key: AccessKey = KEY,
    token: str | None = None,
) -> Wire:
    """Sign a request with one of botocore's signers; without one, as SDKs sign requests of a service."""
    kind = S3SigV4Auth if service == "s3" else SigV4Auth
    chosen: Any = signer or kind(Credentials(key.key_id, key.secret, token), service, REGION)
    request: Any = AWSRequest(wire.method, f"http://{HOST}{wire.uri}", dict(wire.headers), wire.body)
    chosen.add_auth(request)
    url = urlsplit(request.url)
    uri = f"{url.path}?{url.query}" if url.query else url.path
    return Wire(wire.method, uri, dict(request.headers.items()), wire.body)


def at(monkeypatch: pytest.MonkeyPatch, offset: timedelta) -> None:
    """Let botocore's signers take the present for another time."""
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda: datetime.now(UTC) + offset)
