"""Which sources the settings allow, by URL and by the address that its host leads to."""

import json
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit
from urllib.request import url2pathname

import httpx
from pydantic import BaseModel, ConfigDict

from include.pipeline.aws import object_store
from include.pipeline.errors import ParamError, SourceError
from include.pipeline.source.addresses import (
    gives_credentials,
    is_inner,
    is_inner_name,
    is_odd_number,
    literal_of,
)
from include.pipeline.source.url import WEB, check_spelling, scheme_of, without_secrets

_LAST_PORT = 65535
_LONGEST_NAME = 255
_IS_PUBLIC = "a source is on the public network"
_HAVE_IT_LISTED = "Have the host allowed in the Airflow Variable source_http_hosts"
_UNSAFE_IN_KEY = re.compile(r"[^A-Za-z0-9._-]+")


class SourcePolicy(BaseModel):
    """Which sources the settings allow; `https://` and `s3://` always are."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    local_folder: Path | None = None
    """Local files are read only below this folder, and relative paths start there."""
    http_hosts: tuple[str, ...] = ()
    """Hosts of one's own network or for plain `http://`: `host` (any port) or `host:port`."""
    max_bytes: int = object_store.MAX_OBJECT_BYTES
    """Bytes of the largest file that is taken; by default the most that S3 takes in one PUT."""
    connections: tuple[str, ...] = ()
    """Airflow connections that `source_connection` may name."""

    @classmethod
    def of_variables(
        cls,
        *,
        local_folder: str | None,
        http_hosts: str | None,
        max_bytes: int,
        connections: tuple[str, ...] = (),
    ) -> Self:
        """Read the Airflow Variables; one that is empty allows nothing.

        Args:
            local_folder: Of `source_local_folder`: a path.
            http_hosts: Of `source_http_hosts`: a list in JSON.
            max_bytes: Largest file taken.
            connections: Airflow connections that may be named.

        Raises:
            ParamError: The hosts are not a list.
        """
        try:
            return cls(
                # Not Path(""), which is the worker's own folder.
                local_folder=Path(local_folder) if local_folder else None,
                http_hosts=json.loads(http_hosts or "[]"),
                max_bytes=max_bytes,
                connections=connections,
            )
        except ValueError:
            raise ParamError(
                f"source_http_hosts = {http_hosts!r}",
                'it is a list of hosts in JSON, such as ["data.example.org", "10.1.2.3:8080"]',
                "Correct the Airflow Variable",
            ) from None

    def check(self, url: str) -> None:
        """Refuse a URL that may not be read, without touching the network.

        Raises:
            SourceError: The scheme, host or path is not allowed, or the URL holds a user, or names no file.
        """
        check_spelling(url)
        match scheme_of(url):
            case "https" | "http":
                self.check_web(url)
            case "s3":
                if not all(object_store.split_uri(url)):
                    raise SourceError(url, "it has to be s3://<bucket>/<key>", "Name one object")
            case _:
                self.local_path(url)
        file_name(url)

    def check_connection(self, name: str) -> None:
        """Refuse an Airflow connection that a run may not use.

        Raises:
            ParamError: It is not among `connections`.
        """
        if name not in self.connections:
            raise ParamError(
                "source_connection names another Airflow connection",
                f"this pipeline may use {', '.join(self.connections) or 'none'}",
                "Have it listed in the pipeline's limits, as one of source_connections",
            )

    def check_web(self, url: str) -> None:
        """Refuse a web server: the first one, or one that a redirect leads to.

        Raises:
            SourceError: It is not allowed.
        """
        try:
            parts = httpx.URL(url)
            host = parts.host  # decodes its punycode
            # As socket does: httpx lets labels pass that are empty or too long.
            parts.raw_host.decode("ascii").encode("idna")
        except (httpx.InvalidURL, UnicodeError):
            # Where the parts cannot be told apart, a password may be anywhere.
            raise SourceError(f"{scheme_of(url)}://...", "it has to be a valid URL", "Correct it") from None
        if parts.userinfo:
            raise SourceError(
                f"{parts.scheme}://...", "a URL holds no user and no password", "Use a URL without them"
            )
        if parts.scheme not in WEB or not host:
            raise SourceError(
                without_secrets(url), "it has to be https://<host>/... or http://<host>/...", "Correct it"
            )
        if is_odd_number(parts.host):
            raise SourceError(
                without_secrets(url), "an IPv4 address is written as four numbers, a.b.c.d", "Write it so"
            )
        if parts.port is not None and not 0 < parts.port <= _LAST_PORT:
            raise SourceError(
                without_secrets(url), f"a port is a number from 1 to {_LAST_PORT}", "Correct it"
            )
        if parts.scheme == "http" and not self._is_listed(parts):
            rule = f"plain http may reach {', '.join(self.http_hosts) or 'no host'} only"
            raise SourceError(without_secrets(url), rule, "Use https:// or have the host allowed")

    def check_size(self, source: str, size: int) -> None:
        """Refuse a source with more bytes than allowed.

        Args:
            source: Its URL, as it may be shown.
            size: All of it, or what came so far.

        Raises:
            SourceError: The size is above `max_bytes`.
        """
        if size > self.max_bytes:
            raise SourceError(
                f"{source} has at least {size} bytes",
                f"a source has at most {self.max_bytes}",
                "Use a smaller file or raise the limit",
            )

    def check_addresses(self, url: str, addresses: Iterable[str]) -> None:
        """Refuse a web server in the worker's own network, where cloud credentials and consoles are served.

        Args:
            url: Of the server.
            addresses: IP addresses that its host leads to.

        Raises:
            SourceError: One of them is loopback, link-local, private or otherwise not public, and the host is
                not among `http_hosts`.
        """
        for address in addresses:
            if gives_credentials(address):
                raise SourceError(
                    f"{without_secrets(url)} is at {address}",
                    "no source is where a cloud gives out credentials, nor link-local; no entry of "
                    "source_http_hosts allows it",
                    "Use another URL",
                )
            if is_inner(address) and not self._is_listed(httpx.URL(url)):
                raise SourceError(f"{without_secrets(url)} is at {address}", _IS_PUBLIC, _HAVE_IT_LISTED)

    def check_unseen(self, url: str) -> None:
        """Refuse a web server that a proxy would ask, as far as its URL tells where it is.

        Raises:
            SourceError: Its host is an address that `check_addresses` refuses, or a name that means something
                within a network only and is not among `http_hosts`.
        """
        parts = httpx.URL(url)
        if address := literal_of(parts.host):
            self.check_addresses(url, [address])
        elif is_inner_name(parts.host) and not self._is_listed(parts):
            raise SourceError(
                f"{without_secrets(url)} is a name within a network only", _IS_PUBLIC, _HAVE_IT_LISTED
            )

    def _is_listed(self, url: httpx.URL) -> bool:
        address = url.netloc.decode("ascii")
        default_port = {"http": 80, "https": 443}[url.scheme]
        meant = {url.host, address if url.port else f"{address}:{default_port}"}
        return not meant.isdisjoint(host.lower() for host in self.http_hosts)

    def local_path(self, url: str) -> Path:
        """Return the real path, symbolic links followed, of a `file://` URL or a plain path.

        Raises:
            SourceError: Local files are not allowed, or this one is absent or outside the folder.
        """
        if self.local_folder is None:
            mend = "Use https:// or s3://, or have a folder allowed"
            rule = "a source is on the web or on S3: local files are not allowed here"
            raise SourceError(f"{url} is a local file", rule, mend)
        folder = self.local_folder.resolve()
        # pathlib raises on a loop of symbolic links, realpath does not.
        path = Path(os.path.realpath(folder / _plain_path(url)))
        if not path.is_relative_to(folder):
            raise SourceError(url, f"local files are read below {folder} only", "Move the file there")
        if not path.is_file():
            raise SourceError(
                f"{url} is no file below {folder}", "it is the path of a file", "Correct the path"
            )
        return path


def _plain_path(url: str) -> str:
    return url2pathname(urlsplit(url).path) if scheme_of(url) == "file" else url


def file_name(url: str) -> str:
    """Return the name that the file has in the bucket.

    Raises:
        SourceError: The URL names no file.
    """
    path = httpx.URL(url).path if scheme_of(url) in WEB else _plain_path(url)
    if scheme_of(url) == "s3" and re.search(r"[^/]/$", path):
        path = f"{path.removesuffix('/')}.zip"  # of all below the prefix
    name = _UNSAFE_IN_KEY.sub("_", path.rpartition("/")[2])[-_LONGEST_NAME:]
    if not name.strip("."):
        raise SourceError(without_secrets(url), "its path has to end in a file name", "Name one file")
    return name
