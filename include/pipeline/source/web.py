"""Web servers, asked for a source: within the policy at every hop, and with what to make of their answer."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from http.client import responses
from typing import Literal

import httpx

from include.pipeline.errors import SourceError
from include.pipeline.source.client import FAULTS, make_client
from include.pipeline.source.file_format import PAGE_MEND
from include.pipeline.source.login import SourceLogin
from include.pipeline.source.network import Deadline
from include.pipeline.source.policy import SourcePolicy
from include.pipeline.source.url import secrets_in, without_secrets

_MAX_REDIRECTS = 5
_SHOWN = 40  # characters of a header
_HTML_TYPES = ("text/html", "application/xhtml+xml")

# Both log request URLs with their query, which is where a signed URL carries its secret.
for _library in ("httpx", "httpcore"):
    logging.getLogger(_library).setLevel(logging.WARNING)


@dataclass(frozen=True)
class Patience:
    """How long a web server is waited for: for each step of an answer, between two tries, and in all."""

    connect_seconds: float = 10
    read_seconds: float = 30
    total_seconds: float = 600  # of all tries; within the execution_timeout of the task
    tries: int = 3
    first_wait_seconds: float = 1  # doubles with each further one


class UnavailableError(Exception):
    """A fault that another try may not meet."""


@contextmanager
def asking(
    method: Literal["GET", "HEAD"],
    url: str,
    policy: SourcePolicy,
    patience: Patience,
    *,
    deadline: Deadline | None = None,
    login: SourceLogin | None = None,
) -> Iterator[httpx.Response]:
    """Ask once, and hold the connection until the block is left.

    Args:
        method: GET, or HEAD for the headers only.
        url: Of the file.
        policy: What is allowed.
        patience: For each step.
        deadline: For all of them, where it has begun already.
        login: Who asks; its server alone is told.

    Yields:
        The answer of the last hop, unchecked, its body not read yet: `iter_raw` reads it.

    Raises:
        SourceError: The policy forbids the server or one that it redirects to, or there are too many of them.
        UnavailableError: The server cannot be reached, or broke off while the block read the body.
    """
    timeout = httpx.Timeout(patience.read_seconds, connect=patience.connect_seconds)
    try:
        with (
            make_client(policy, deadline or Deadline(patience.total_seconds), timeout) as client,
            _last_hop(client, method, url, policy, login) as response,
        ):
            yield response
    except UnicodeError as error:  # httpx looks at a redirect's host before it is judged here
        found = f"{without_secrets(url)} leads to a host that is none ({error})"
        raise SourceError(found, "it has to be a valid URL", "Use a URL that leads to the file") from None
    except FAULTS as error:  # an incomplete body too: it is held against Content-Length
        told = str(error)
        for secret in sorted(secrets_in(url), key=len, reverse=True):
            told = told.replace(secret, "***")
        raise UnavailableError(f"{without_secrets(url)}: {type(error).__name__} ({told})") from None


@contextmanager
def _last_hop(
    client: httpx.Client, method: str, url: str, policy: SourcePolicy, login: SourceLogin | None
) -> Iterator[httpx.Response]:
    """Follow redirects by hand: httpx would read their bodies whole, unpack them, and pass headers on."""
    hop = httpx.URL(url)
    for _ in range(_MAX_REDIRECTS + 1):
        request = client.build_request(method, hop, headers=login.headers_for(hop) if login else None)
        with _answer(client, request, url, policy) as response:
            if response.next_request is None:
                yield response
                return
            hop = response.next_request.url
    rule = f"a source redirects at most {_MAX_REDIRECTS} times"
    raise SourceError(without_secrets(url), rule, "Use the URL that it leads to")


@contextmanager
def _answer(
    client: httpx.Client, request: httpx.Request, url: str, policy: SourcePolicy
) -> Iterator[httpx.Response]:
    hop = str(request.url)
    try:
        policy.check_web(hop)
        response = client.send(request, stream=True)
    except SourceError as error:
        if hop == url:
            raise
        raise SourceError(f"{without_secrets(url)} leads to {error.found}", error.rule, error.mend) from None
    try:
        yield response
    finally:
        response.close()


def check_answer(url: str, response: httpx.Response, policy: SourcePolicy) -> None:
    """Refuse an answer that is no data file, by its status and headers.

    Raises:
        SourceError: It is none, or too large, or compressed: few bytes may stand for any number.
        UnavailableError: The server is overloaded or at fault itself.
    """
    status = response.status_code
    # Not in the server's own words, which may repeat the query.
    answer = f"{without_secrets(url)} answered {status} {responses.get(status, '')}".rstrip()
    if response.is_server_error or status == HTTPStatus.TOO_MANY_REQUESTS:
        raise UnavailableError(answer)
    if not response.is_success:
        raise SourceError(answer, "a source answers 200", "Check the URL and who may read it")
    encoding = response.headers.get("Content-Encoding", "")
    if not {coding.strip().lower() for coding in encoding.split(",")} <= {"", "identity"}:
        raise SourceError(
            f"{answer} with Content-Encoding {encoding[:_SHOWN]!r}",
            "a source sends its file as it is, not compressed on the way",
            "Have its server heed Accept-Encoding: identity",
        )
    content_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if content_type in _HTML_TYPES:
        raise SourceError(f"{answer} with {content_type}", "a source is a table, not a web page", PAGE_MEND)
    policy.check_size(without_secrets(url), int(response.headers.get("Content-Length", 0)))
