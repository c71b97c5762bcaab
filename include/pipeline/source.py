"""Where the data comes from: one file by its URL, checked, into a content-addressed key of the bucket."""

import logging
import os
import re
import shutil
import tempfile
from dataclasses import asdict, dataclass
from email.utils import formatdate
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import urlsplit
from urllib.request import url2pathname

import httpx
from pydantic import BaseModel, ConfigDict
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential

from include.pipeline import object_store
from include.pipeline.errors import SourceError
from include.pipeline.object_store import Received

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_MAX_REDIRECTS = 5
_LONGEST_NAME = 255
_WEB = ("https", "http")
_SHA1_IN_NAME = re.compile(r"\.([0-9a-f]{40})\.[^.]+$", re.IGNORECASE)
_UNSAFE_IN_KEY = re.compile(r"[^A-Za-z0-9._-]+")
_HTML_TYPES = ("text/html", "application/xhtml+xml")
_HTML_START = re.compile(rb"(\xef\xbb\xbf)?\s*<(!doctype|!--|\?xml|html|head)", re.IGNORECASE)
_NOT_HTML = ("a source is a CSV file, not a web page", "Use the file's own URL")

# Both log request URLs with their query, which is where a signed URL carries its secret.
for _library in ("httpx", "httpcore"):
    logging.getLogger(_library).setLevel(logging.WARNING)


class SourcePolicy(BaseModel):
    """Which sources the settings allow; `https://` and `s3://` always are.

    Attributes:
        local_folder: Local files are read only below this folder, and relative paths start there.
        http_hosts: Where plain `http://` may go: `host` (any port) or `host:port`.
        max_bytes: Largest file taken; by default the most that S3 takes in one PUT.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    local_folder: Path | None = None
    http_hosts: tuple[str, ...] = ()
    max_bytes: int = object_store.MAX_OBJECT_BYTES

    def check(self, url: str) -> None:
        """Refuse a URL that may not be read, without touching the network.

        Raises:
            SourceError: The scheme, host or path is not allowed, or the URL names no file.
        """
        if not url.isprintable():
            raise SourceError(f"{shown(url)!a}", "a URL holds no control characters", "Correct the URL")
        match _scheme(url):
            case "https" | "http":
                self.check_web(url)
            case "s3":
                if not all(object_store.split_uri(url)):
                    raise SourceError(url, "it has to be s3://<bucket>/<key>", "Name one object")
            case "file" | "":
                self.local_path(url)
            case scheme:
                rule = f"{scheme}:// is not one of https://, s3://, file://, http://"
                raise SourceError(shown(url), rule, "Put the file where one of these reaches it")
        _file_name(url)

    def check_web(self, url: str) -> None:
        """Refuse a web server: the first one, or one that a redirect leads to.

        Raises:
            SourceError: It is not allowed.
        """
        try:
            parts = httpx.URL(url)
        except httpx.InvalidURL:
            # Where the parts cannot be told apart, a password may be anywhere.
            raise SourceError(f"{_scheme(url)}://...", "it has to be a valid URL", "Correct it") from None
        if parts.scheme not in _WEB or not parts.host:
            raise SourceError(
                shown(url), "it has to be https://<host>/... or http://<host>/...", "Correct it"
            )
        address = parts.netloc.decode("ascii")
        meant = {parts.host, address if parts.port else f"{address}:80"}
        if parts.scheme == "http" and meant.isdisjoint(host.lower() for host in self.http_hosts):
            rule = f"plain http may reach {', '.join(self.http_hosts) or 'no host'} only"
            raise SourceError(shown(url), rule, "Use https:// or have the host allowed")

    def local_path(self, url: str) -> Path:
        """Return the real path, symbolic links followed, of a `file://` URL or a plain path.

        Raises:
            SourceError: Local files are not allowed, or this one is absent or outside the folder.
        """
        if self.local_folder is None:
            mend = "Use https:// or s3://, or have a folder allowed"
            raise SourceError(url, "local files are not allowed here", mend)
        folder = self.local_folder.resolve()
        # pathlib raises on a loop of symbolic links, realpath does not.
        path = Path(os.path.realpath(folder / _plain_path(url)))
        if not path.is_relative_to(folder):
            raise SourceError(url, f"local files are read below {folder} only", "Move the file there")
        if not path.is_file():
            raise SourceError(url, f"there is no such file below {folder}", "Correct the path")
        return path


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
    name = _file_name(url)
    with tempfile.TemporaryFile() as file:
        match _scheme(url):
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


def shown(url: str) -> str:
    """Return the URL as it may be logged: without user name, password, query and fragment."""
    scheme, separator, rest = url.partition("://")
    if not separator or _scheme(url) in {"s3", "file"}:
        return url
    authority, slash, path = re.split(r"[?#]", rest, maxsplit=1)[0].partition("/")
    return f"{scheme}://{authority.rpartition('@')[2]}{slash}{path}"


def _scheme(url: str) -> str:
    scheme, separator, _ = url.partition("://")
    return scheme.lower() if separator else ""


def _plain_path(url: str) -> str:
    return url2pathname(urlsplit(url).path) if _scheme(url) == "file" else url


def _file_name(url: str) -> str:
    path = httpx.URL(url).path if _scheme(url) in _WEB else _plain_path(url)
    name = _UNSAFE_IN_KEY.sub("_", path.rpartition("/")[2])[-_LONGEST_NAME:]
    if not name.strip("."):
        raise SourceError(shown(url), "its path has to end in a file name", "Name one file")
    return name


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
        # httpx calls this before each hop.
        event_hooks={"request": [lambda request: _check_hop(url, str(request.url), policy)]},
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
    except httpx.RequestError as error:  # an incomplete body too: httpx holds it against Content-Length
        raise _TransientError(f"{type(error).__name__} ({error})") from error
    sent = response.headers
    return Received.of(file, etag=sent.get("ETag"), last_modified=sent.get("Last-Modified"))


def _check_hop(url: str, hop: str, policy: SourcePolicy) -> None:
    try:
        policy.check_web(hop)
    except SourceError as error:
        raise SourceError(f"{shown(url)} leads to {error.found}", error.rule, error.mend) from None


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
