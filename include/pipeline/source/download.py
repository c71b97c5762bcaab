"""Where the data comes from: one file by its URL, checked, into a content-addressed key of the bucket."""

import hashlib
import re
import shutil
import tempfile
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, BinaryIO, Self

from tenacity import (
    Retrying,
    retry_if_exception_type,
    stop_after_attempt,
    stop_before_delay,
    wait_exponential,
)

from include.pipeline.aws import object_store
from include.pipeline.documents.raw_data import RawData
from include.pipeline.errors import SourceError
from include.pipeline.source.file_format import check_is_read
from include.pipeline.source.local_file import local_file
from include.pipeline.source.login import SourceLogin
from include.pipeline.source.network import Deadline
from include.pipeline.source.policy import SourcePolicy, file_name
from include.pipeline.source.s3 import is_prefix, receive, receive_below
from include.pipeline.source.url import scheme_of, without_secrets
from include.pipeline.source.web import Patience, UnavailableError, asking, check_answer
from include.pipeline.source.worker_disk import telling_of_full_disk
from include.work.content_hash import ContentHash
from include.work.progress import BYTES, Progress

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_SHA1_IN_NAME = re.compile(r"\.([0-9a-f]{40})\.[^.]+$", re.IGNORECASE)


@dataclass(frozen=True)
class Received:
    """What is known of a file once it is here: its hashes in hex, and what the source said of its version."""

    sha1: str
    sha256: str
    bytes: int
    etag: str | None
    last_modified: str | None

    @classmethod
    def of(cls, file: BinaryIO, *, etag: str | None, last_modified: str | None) -> Self:
        """Read the file once to hash it."""
        sha1, sha256 = hashlib.sha1(usedforsecurity=False), hashlib.sha256()
        file.seek(0)
        while piece := file.read(1024**2):
            sha1.update(piece)
            sha256.update(piece)
        return cls(sha1.hexdigest(), sha256.hexdigest(), file.tell(), etag, last_modified)


def fetch(
    url: str,
    *,
    policy: SourcePolicy,
    s3: "S3Client",
    raw_uri: str,
    patience: Patience | None = None,
    login: SourceLogin | None = None,
) -> RawData:
    """Bring the file at `url` to `<raw_uri>/<sha256>/<file name>`.

    A name such as `bank_clean.<40 hex digits>.csv` promises the content's SHA-1, and is held to it. What is
    in the bucket already is not sent again; what is sent is there whole or not at all.

    Args:
        url: `https://`, `s3://`, `file://` or a plain path; `http://` to the policy's hosts. `s3://` with a
            slash at its end stands for all files below it, which become one zip archive.
        policy: What is allowed.
        s3: Reads `s3://` sources and writes the result. Its own retries apply to both.
        raw_uri: `s3://` URI of the folder that the result goes to.
        patience: With web servers.
        login: Who asks a web server.

    Raises:
        SourceError: The policy forbids it, the source does not give it, or what it gives is no data file.
        ParamError: The login is for another server.
        WorkerError: There is no room for it here.
    """
    policy.check(url)
    if login:
        login.check(url)
    name = file_name(url)
    with telling_of_full_disk(), tempfile.TemporaryFile() as file:
        match scheme_of(url):
            case "https" | "http":
                received = _from_web(url, file, policy, patience or Patience(), login)
            case "s3":
                received = _from_s3(url, file, policy, s3)
            case _:
                received = _from_folder(url, file, policy)
        _check_content(url, name, file, received)
        uri = f"{raw_uri.rstrip('/')}/{received.sha256}/{name}"
        if not _is_there(s3, uri, received):
            object_store.put_file(s3, file, uri)
    return RawData(uri=uri, url=without_secrets(url), **asdict(received))


def _from_web(
    url: str, file: BinaryIO, policy: SourcePolicy, patience: Patience, login: SourceLogin | None
) -> Received:
    retrying = Retrying(
        stop=stop_after_attempt(patience.tries) | stop_before_delay(patience.total_seconds),
        wait=wait_exponential(multiplier=patience.first_wait_seconds),
        retry=retry_if_exception_type(UnavailableError),
        reraise=True,
    )
    try:
        deadline = Deadline(patience.total_seconds)
        return retrying(_download, url, file, policy, patience, deadline=deadline, login=login)
    except UnavailableError as fault:
        rule = (
            f"the server has to answer in full within {patience.tries} tries and {patience.total_seconds:g} s"
        )
        mend = "Look after the server and the network, then clear this task"
        raise SourceError(str(fault), rule, mend) from None


def _download(
    url: str,
    file: BinaryIO,
    policy: SourcePolicy,
    patience: Patience,
    *,
    deadline: Deadline,
    login: SourceLogin | None,
) -> Received:
    file.seek(0)
    file.truncate()
    shown = without_secrets(url)
    with asking("GET", url, policy, patience, deadline=deadline, login=login) as response:
        check_answer(url, response, policy)
        length = response.headers.get("Content-Length", "")
        progress = Progress("Downloading", int(length) if length.isdecimal() else None, BYTES)
        with ContentHash() as content_hash:
            for piece in response.iter_raw():
                policy.check_size(shown, file.tell() + len(piece))
                file.write(piece)
                content_hash.update(piece)
                progress.reached(file.tell())
            sha1, sha256 = content_hash.hexdigests()
    sent = response.headers
    return Received(sha1, sha256, file.tell(), sent.get("ETag"), sent.get("Last-Modified"))


def _from_s3(uri: str, file: BinaryIO, policy: SourcePolicy, s3: "S3Client") -> Received:
    version = (receive_below if is_prefix(uri) else receive)(s3, uri, file, policy)
    return Received.of(file, etag=version.etag, last_modified=version.last_modified)


def _from_folder(url: str, file: BinaryIO, policy: SourcePolicy) -> Received:
    with local_file(url, policy) as source, telling_of_full_disk():
        shutil.copyfileobj(source.content, file)
    return Received.of(file, etag=None, last_modified=source.last_modified)


def _is_there(s3: "S3Client", uri: str, received: Received) -> bool:
    """Tell whether the bucket has this very content. Its name and size alone anybody can give to another."""
    if not object_store.has_size(s3, uri, received.bytes):
        return False
    with telling_of_full_disk(), tempfile.TemporaryFile() as file:
        object_store.receive_object(s3, uri, file)
        return Received.of(file, etag=None, last_modified=None).sha256 == received.sha256


def _check_content(url: str, name: str, file: BinaryIO, received: Received) -> None:
    if not received.bytes:
        raise SourceError(
            f"{without_secrets(url)} is empty", "a source has a header and rows", "Check the file"
        )
    # What is below a prefix has been looked at file by file.
    if not is_prefix(url):
        check_is_read(without_secrets(url), file)
    promised = _SHA1_IN_NAME.search(name)
    if promised and promised[1].lower() != received.sha1:
        found = f"{without_secrets(url)} has the SHA-1 {received.sha1}"
        rule = f"its name promises {promised[1].lower()}"
        raise SourceError(found, rule, "Do not use this file before you know why it differs")
