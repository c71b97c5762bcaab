"""Where the data comes from: one file by its URL, checked, into a content-addressed key of the bucket."""

import logging
import re
import shutil
import socket
import tempfile
from dataclasses import asdict, dataclass
from email.utils import formatdate
from http import HTTPStatus
from typing import TYPE_CHECKING, BinaryIO
from urllib.request import getproxies, proxy_bypass

import httpx
from pydantic import BaseModel, ConfigDict
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential

from include.pipeline import object_store
from include.pipeline.errors import SourceError
from include.pipeline.object_store import Received
from include.pipeline.source_policy import SourcePolicy, file_name, scheme_of, shown

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_MAX_REDIRECTS = 5
_SHA1_IN_NAME = re.compile(r"\.([0-9a-f]{40})\.[^.]+$", re.IGNORECASE)
_HTML_TYPES = ("text/html", "application/xhtml+xml")
_HTML_START = re.compile(rb"(\xef\xbb\xbf)?\s*<(!doctype|!--|\?xml|html|head)", re.IGNORECASE)
_NOT_HTML = ("a source is a CSV file, not a web page", "Use the file's own URL")

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


class RawData(BaseModel):
    """The file as it lies in the bucket.

    Attributes:
        uri: `<raw_uri>/<sha256>/<file name>`.
        url: Where it came from, without user name, password and query.
        sha1: Of the content, in hex; so is sha256.
        sha256: The name that the content goes by in the bucket.
        bytes: Size of the content.
        etag: The source's mark of this version, as it gave it.
        last_modified: When the source last changed, as an HTTP date.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    uri: str
    url: str
    sha1: str
    sha256: str
    bytes: int
    etag: str | None
    last_modified: str | None


def fetch(
    url: str, *, policy: SourcePolicy, s3: "S3Client", raw_uri: str, patience: Patience | None = None
) -> RawData:
    """Bring the file at `url` to `<raw_uri>/<sha256>/<file name>`.

    A name such as `bank_clean.<40 hex digits>.csv` promises the content's SHA-1, and is held to it. What is
    in the bucket already is not sent again; what is sent is there whole or not at all.

    Args:
        url: `https://`, `s3://`, `file://` or a plain path; `http://` to the policy's hosts.
        policy: What is allowed.
        s3: Reads `s3://` sources and writes the result. Its own retries apply to both.
        raw_uri: `s3://` URI of the folder that the result goes to.
        patience: With web servers.

    Raises:
        SourceError: The policy forbids it, the source does not give it, or what it gives is no data file.
    """
    policy.check(url)
    name = file_name(url)
    with tempfile.TemporaryFile() as file:
        match scheme_of(url):
            case "https" | "http":
                received = _from_web(url, file, policy, patience or Patience())
            case "s3":
                received = object_store.receive_object(s3, url, file, policy.max_bytes)
            case _:
                received = _from_folder(url, file, policy)
        _check_content(url, name, file, received)
        uri = f"{raw_uri.rstrip('/')}/{received.sha256}/{name}"
        if not object_store.has_size(s3, uri, received.bytes):
            object_store.put_file(s3, file, uri)
    return RawData(uri=uri, url=shown(url), **asdict(received))


class _TransientError(Exception):
    """A fault that another try may not meet."""


def _from_web(url: str, file: BinaryIO, policy: SourcePolicy, patience: Patience) -> Received:
    retrying = Retrying(
        stop=stop_after_attempt(patience.tries),
        wait=wait_exponential(multiplier=patience.first_wait_seconds),
        retry=retry_if_exception_type(_TransientError),
        reraise=True,
    )
    try:
        return retrying(_download, url, file, policy, patience)
    except _TransientError as fault:
        rule = f"the server has to answer in full within {patience.tries} tries"
        mend = "Look after the server and the network, then clear this task"
        raise SourceError(f"{shown(url)}: {fault}", rule, mend) from fault


def _download(url: str, file: BinaryIO, policy: SourcePolicy, patience: Patience) -> Received:
    file.seek(0)
    file.truncate()
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
        with client, client.stream("GET", url) as response:
            _check_answer(url, response, policy)
            for piece in response.iter_bytes():
                file.write(piece)
                object_store.check_size(shown(url), file.tell(), policy.max_bytes)
    except httpx.TooManyRedirects as error:
        rule = f"a source redirects at most {_MAX_REDIRECTS} times"
        raise SourceError(shown(url), rule, "Use the URL that it leads to") from error
    except UnicodeError as error:  # httpx looks at a redirect's host before it calls the hooks
        found = f"{shown(url)} leads to a host that is none ({error})"
        raise SourceError(found, "it has to be a valid URL", "Use a URL that leads to the file") from error
    except httpx.RequestError as error:  # an incomplete body too: httpx holds it against Content-Length
        raise _TransientError(f"{type(error).__name__} ({error})") from error
    sent = response.headers
    return Received.of(file, etag=sent.get("ETag"), last_modified=sent.get("Last-Modified"))


def _check_hop(url: str, hop: str, policy: SourcePolicy) -> None:
    try:
        policy.check_web(hop)
        policy.check_addresses(hop, _addresses(httpx.URL(hop)))
    except SourceError as error:
        if hop == url:
            raise
        raise SourceError(f"{shown(url)} leads to {error.found}", error.rule, error.mend) from None


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


def _check_answer(url: str, response: httpx.Response, policy: SourcePolicy) -> None:
    status = response.status_code
    answer = f"{shown(url)} answered {status} {response.reason_phrase}".rstrip()
    if response.is_server_error or status == HTTPStatus.TOO_MANY_REQUESTS:
        raise _TransientError(f"{status} {response.reason_phrase}")
    if not response.is_success:
        raise SourceError(answer, "a source answers 200", "Check the URL and who may read it")
    content_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if content_type in _HTML_TYPES:
        raise SourceError(f"{answer} with {content_type}", *_NOT_HTML)
    object_store.check_size(shown(url), int(response.headers.get("Content-Length", 0)), policy.max_bytes)


def _from_folder(url: str, file: BinaryIO, policy: SourcePolicy) -> Received:
    path = policy.local_path(url)
    try:
        status = path.stat()
        object_store.check_size(url, status.st_size, policy.max_bytes)
        with path.open("rb") as source:
            shutil.copyfileobj(source, file)
    except OSError as error:
        raise SourceError(url, f"it cannot be read ({error})", "Check its permissions") from error
    return Received.of(file, etag=None, last_modified=formatdate(status.st_mtime, usegmt=True))


def _check_content(url: str, name: str, file: BinaryIO, received: Received) -> None:
    if not received.bytes:
        raise SourceError(f"{shown(url)} is empty", "a source has a header and rows", "Check the file")
    file.seek(0)
    if _HTML_START.match(file.read(512)):
        raise SourceError(f"{shown(url)} starts like HTML", *_NOT_HTML)
    promised = _SHA1_IN_NAME.search(name)
    if promised and promised[1].lower() != received.sha1:
        found = f"{shown(url)} has the SHA-1 {received.sha1}"
        rule = f"its name promises {promised[1].lower()}"
        raise SourceError(found, rule, "Do not use this file before you know why it differs")
