"""How a run makes itself known to its source's server, and to no other: by an Airflow connection."""

import base64
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Self, TypeAlias

import httpx

from include.pipeline.errors import ParamError
from include.pipeline.source.url import WEB, check_spelling, scheme_of, without_secrets

_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_VALUE = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?")
# What Airflow's HttpHook takes for an option of the request. None is acted on here.
_OPTIONS = {
    *("stream", "cert", "proxies", "proxy", "timeout", "verify", "verify_ssl", "allow_redirects"),
    *("max_redirects", "trust_env", "check_response", "srv_lookup"),
}
# They are the client's own, or mean another server or another answer than the one that is checked.
_FORBIDDEN = {
    *("host", "connection", "content-length", "transfer-encoding", "te", "trailer", "upgrade", "expect"),
    *("accept-encoding", "range", "proxy-authorization", "proxy-connection", "keep-alive"),
}
_Refused: TypeAlias = Callable[[str, str], ParamError]
_PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True)
class SourceLogin:
    """The headers that one server is told, and which server that is."""

    connection: str
    """Name of the Airflow connection."""
    origin: tuple[str, str, int]
    """Scheme, host and port."""
    headers: Mapping[str, str] = field(repr=False)

    @classmethod
    def of_connection(
        cls,
        name: str,
        *,
        conn_type: str | None,
        host: str | None,
        schema: str | None,
        port: int | None,
        login: str | None,
        password: str | None,
        extra: Mapping[str, object],
    ) -> Self:
        """Read an Airflow connection of type http, as its HttpHook does where it can be acted on here.

        Args:
            name: Of the connection.
            conn_type: Has to be http.
            host: A host's name, or `https://` and a name.
            schema: https, the default, or http.
            port: By default that of the scheme.
            login: With the password, for basic authentication; without login the password is a bearer token.
            password: Or a token.
            extra: Further headers, by name.

        Raises:
            ParamError: The connection is none for a source. It tells no value of it.
        """

        def refused(found: str, rule: str) -> ParamError:
            return ParamError(
                f"the Airflow connection {name!r} {found}", rule, "Correct the connection, or use another one"
            )

        if conn_type != "http":
            raise refused("is of another type", "a source connection is of type http")
        prefix, separator, bare = (host or "").rpartition("://")
        scheme = (prefix or schema or "https").lower()
        if scheme not in WEB or (separator and schema and schema.lower() != scheme):
            raise refused("names no scheme, or two", "its schema is https or http")
        try:
            url = httpx.URL(f"{scheme}://{bare}")
            check_spelling(str(url))
        except Exception:
            raise refused("has a host that is none", "its host is a name, or https:// and a name") from None
        if not url.host or url.path not in {"", "/"} or url.query or (url.port and port):
            raise refused(
                "has no host, or more than a host",
                "its host is a name alone",
            )
        headers = {key: cls._checked(key, value, refused) for key, value in extra.items()}
        if password or login:
            if any(key.lower() == "authorization" for key in headers):
                raise refused("has a password and a header Authorization", "a server is told one of them")
            basic = base64.b64encode(f"{login}:{password or ''}".encode()).decode()
            headers["Authorization"] = f"Basic {basic}" if login else cls._bearer(password or "", refused)
        return cls(name, (scheme, url.host, url.port or port or _PORTS[scheme]), headers)

    @staticmethod
    def _checked(name: str, value: object, refused: _Refused) -> str:
        if name.lower() in _OPTIONS | _FORBIDDEN or not _NAME.fullmatch(name):
            shown = repr(name) if name.lower() in _OPTIONS | _FORBIDDEN else "a name"
            raise refused(f"has {shown} in its extra", "its extra has headers that the client does not set")
        if not isinstance(value, str) or not _VALUE.fullmatch(value):
            raise refused("has a header in its extra that is none", "a value is text of one line, in ASCII")
        return value

    @staticmethod
    def _bearer(token: str, refused: _Refused) -> str:
        if not _VALUE.fullmatch(token):
            raise refused("has a token that is none", "a token is text of one line, in ASCII")
        return f"Bearer {token}"

    @property
    def secrets(self) -> tuple[str, ...]:
        """What no log may show."""
        told = [part for value in self.headers.values() for part in (value, value.rpartition(" ")[2])]
        return tuple(dict.fromkeys(told))

    def check(self, url: str) -> None:
        """Refuse a source that is not at the connection's server.

        Raises:
            ParamError: It is another's, or none of the web.
        """
        if scheme_of(url) not in WEB:
            raise ParamError(
                f"source_connection = {self.connection!r} with data_url = {without_secrets(url)}",
                "a source connection is for https:// and http://",
                "Leave source_connection empty: s3:// is read with the connection aws_default",
            )
        if _origin_of(httpx.URL(url)) != self.origin:
            scheme, host, port = self.origin
            raise ParamError(
                f"source_connection = {self.connection!r} with data_url = {without_secrets(url)}",
                f"the connection is for {scheme}://{host}:{port} alone",
                "Use a URL of that server, or another connection",
            )

    def headers_for(self, url: httpx.URL) -> dict[str, str]:
        """Return the headers that a server is told: none where it is another one, as after a redirect."""
        return dict(self.headers) if _origin_of(url) == self.origin else {}


def _origin_of(url: httpx.URL) -> tuple[str, str, int]:
    return url.scheme, url.host, url.port or _PORTS.get(url.scheme, 0)
