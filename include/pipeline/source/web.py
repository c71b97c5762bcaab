"""Web servers, asked for a source: within the policy at every hop, and with what to make of their answer."""

import logging
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Literal
from urllib.request import getproxies, proxy_bypass

import httpx

from include.pipeline.errors import SourceError
from include.pipeline.source.policy import SourcePolicy, without_secrets

NOT_HTML = ("a source is a CSV file, not a web page", "Use the file's own URL")

_MAX_REDIRECTS = 5
_HTML_TYPES = ("text/html", "application/xhtml+xml")

# Both log request URLs with their query, which is where a signed URL carries its secret.
for _library in ("httpx", "httpcore"):
    logging.getLogger(_library).setLevel(logging.WARNING)


@dataclass(frozen=True)
class Patience:
    """How long a web server is waited for: for each step of an answer, and between two tries."""

    connect_seconds: float = 10
    read_seconds: float = 30
    tries: int = 3
    first_wait_seconds: float = 1  # doubles with each further one


class UnavailableError(Exception):
    """A fault that another try may not meet."""


@contextmanager
def asking(
    method: Literal["GET", "HEAD"], url: str, policy: SourcePolicy, patience: Patience
) -> Iterator[httpx.Response]:
    """Ask once, and hold the connection until the block is left.

    Yields:
        The answer of the last hop, unchecked, its body not read yet.

    Raises:
        SourceError: The policy forbids the server or one that it redirects to, or there are too many of them.
        UnavailableError: The server cannot be reached, or broke off while the block read the body.
    """
    client = httpx.Client(
        timeout=httpx.Timeout(patience.read_seconds, connect=patience.connect_seconds),
        follow_redirects=True,
        max_redirects=_MAX_REDIRECTS,
        # httpx calls these before and after each hop.
        event_hooks={
            "request": [lambda request: _check_hop(url, str(request.url), policy)],
            "response": [lambda response: _check_peer(response, policy)],
        },
        headers={"Accept-Encoding": "identity"},
    )
    try:
        with client, client.stream(method, url) as response:
            yield response
    except httpx.TooManyRedirects as error:
        rule = f"a source redirects at most {_MAX_REDIRECTS} times"
        raise SourceError(without_secrets(url), rule, "Use the URL that it leads to") from error
    except UnicodeError as error:  # httpx looks at a redirect's host before it calls the hooks
        found = f"{without_secrets(url)} leads to a host that is none ({error})"
        raise SourceError(found, "it has to be a valid URL", "Use a URL that leads to the file") from error
    except httpx.RequestError as error:  # an incomplete body too: httpx holds it against Content-Length
        raise UnavailableError(f"{without_secrets(url)}: {type(error).__name__} ({error})") from error


def _check_hop(url: str, hop: str, policy: SourcePolicy) -> None:
    try:
        policy.check_web(hop)
        policy.check_addresses(hop, _addresses(httpx.URL(hop)))
    except SourceError as error:
        if hop == url:
            raise
        raise SourceError(f"{without_secrets(url)} leads to {error.found}", error.rule, error.mend) from None


def _addresses(url: httpx.URL) -> list[str]:
    """Look a host up; a proxy does that itself, and an unknown host is the connection's to report."""
    if _is_proxied(url):
        return []
    try:
        found = socket.getaddrinfo(url.raw_host.decode("ascii"), url.port, type=socket.SOCK_STREAM)
    except OSError:
        return []
    return [str(address[0]).partition("%")[0] for *_, address in found]


def _check_peer(response: httpx.Response, policy: SourcePolicy) -> None:
    # The name may have led elsewhere when it was looked up again, for the connection.
    if not _is_proxied(response.url):
        peer = response.extensions["network_stream"].get_extra_info("server_addr")
        policy.check_addresses(str(response.url), [peer[0].partition("%")[0]])


def _is_proxied(url: httpx.URL) -> bool:
    return not getproxies().keys().isdisjoint({url.scheme, "all"}) and not proxy_bypass(url.host)


def check_answer(url: str, response: httpx.Response, policy: SourcePolicy) -> None:
    """Refuse an answer that is no data file, by its status and headers.

    Raises:
        SourceError: It is none, or too large.
        UnavailableError: The server is overloaded or at fault itself.
    """
    status = response.status_code
    answer = f"{without_secrets(url)} answered {status} {response.reason_phrase}".rstrip()
    if response.is_server_error or status == HTTPStatus.TOO_MANY_REQUESTS:
        raise UnavailableError(answer)
    if not response.is_success:
        raise SourceError(answer, "a source answers 200", "Check the URL and who may read it")
    content_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if content_type in _HTML_TYPES:
        raise SourceError(f"{answer} with {content_type}", *NOT_HTML)
    policy.check_size(without_secrets(url), int(response.headers.get("Content-Length", 0)))
