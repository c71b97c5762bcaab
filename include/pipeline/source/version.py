"""Which version of a source there is now, asked without downloading it, and whether it is a new one."""

import hashlib
from collections.abc import Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING

from pydantic import ValidationError

from include.pipeline.documents.raw_data import SourceVersion
from include.pipeline.errors import SourceError
from include.pipeline.source.local_file import local_file
from include.pipeline.source.login import SourceLogin
from include.pipeline.source.network import Deadline
from include.pipeline.source.policy import SourcePolicy
from include.pipeline.source.s3 import is_prefix, look_up, look_up_below
from include.pipeline.source.url import scheme_of, without_secrets
from include.pipeline.source.web import Patience, asking, check_answer

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

# A look takes a round trip or two. The watcher's task has five minutes.
_PATIENCE = Patience(total_seconds=60)
# 403: a URL that is signed for GET allows nothing else.
_ASK_BY_GET = {HTTPStatus.FORBIDDEN, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.NOT_IMPLEMENTED}


def look_up_version(
    url: str,
    *,
    policy: SourcePolicy,
    s3: "S3Client",
    patience: Patience | None = None,
    login: SourceLogin | None = None,
) -> SourceVersion:
    """Ask a source for its version: a web server by HEAD, S3 by HeadObject; a local file is read.

    A web server that refuses HEAD is asked by GET, and left before it sends the file.

    Args:
        url: `https://`, `s3://`, `file://` or a plain path; `http://` to the policy's hosts.
        policy: What is allowed.
        s3: Asks for `s3://` sources. Its own retries apply.
        patience: With web servers; they are asked once.
        login: Who asks a web server.

    Raises:
        SourceError: The policy forbids it, the source does not give it, or does not tell its version.
        ParamError: The login is for another server.
        UnavailableError: A web server is not there, overloaded or at fault itself. It may pass.
        ClientError: So is S3, or it refuses the credentials; `BotoCoreError` where it cannot be reached.
    """
    policy.check(url)
    if login:
        login.check(url)
    match scheme_of(url):
        case "https" | "http":
            return _of_web(url, policy, patience or _PATIENCE, login)
        case "s3":
            return _of_object(url, s3, policy)
        case _:
            return _of_file(url, policy)


def has_changed(now: SourceVersion, known: SourceVersion) -> bool:
    """Tell whether a source gives another version than the known one.

    The ETag decides where both have one, else the date. Where neither can be compared, the source has begun
    to tell its version in another way, and may have changed with that.
    """
    if now.etag and known.etag:
        return _opaque_tag(now.etag) != _opaque_tag(known.etag)
    if now.last_modified and known.last_modified:
        return now.last_modified != known.last_modified
    return True


def last_known(url: str, memories: Iterable[object]) -> SourceVersion | None:
    """Find the version of a source that was last seen.

    Args:
        url: Of the source.
        memories: `SourceVersion` as dictionaries, the newest first. What is none, or of another source, is
            passed over.
    """
    for memory in memories:
        try:
            version = SourceVersion.model_validate(memory)
        except ValidationError:
            # Anybody may update the asset by hand, with what they like.
            continue
        if version.url == without_secrets(url):
            return version
    return None


def _opaque_tag(etag: str) -> str:
    """Take off the mark of a weak ETag, which a server puts on and off as it compresses what it sends.

    https://www.rfc-editor.org/rfc/rfc9110#section-8.8.3.2: weak comparison.
    """
    return etag.removeprefix("W/")


def _of_web(url: str, policy: SourcePolicy, patience: Patience, login: SourceLogin | None) -> SourceVersion:
    deadline = Deadline(patience.total_seconds)
    with asking("HEAD", url, policy, patience, deadline=deadline, login=login) as response:
        pass
    if response.status_code in _ASK_BY_GET:
        with asking("GET", url, policy, patience, deadline=deadline, login=login) as response:
            pass
    check_answer(url, response, policy)
    sent = response.headers
    version = SourceVersion(
        url=without_secrets(url),
        etag=sent.get("ETag") or None,
        last_modified=sent.get("Last-Modified") or None,
        bytes=sent.get("Content-Length"),
    )
    if not version.etag and not version.last_modified:
        raise SourceError(
            f"{version.url} answers without ETag and Last-Modified",
            "a source that is watched tells its version; its size alone does not",
            "Have its server send one of them, or write watch: null into the pipeline's YAML file",
        )
    return version


def _of_object(uri: str, s3: "S3Client", policy: SourcePolicy) -> SourceVersion:
    found = look_up_below(s3, uri, policy) if is_prefix(uri) else look_up(s3, uri)
    return SourceVersion(url=uri, etag=found.etag, last_modified=found.last_modified, bytes=found.bytes)


def _of_file(url: str, policy: SourcePolicy) -> SourceVersion:
    with local_file(url, policy) as source:
        sha256 = hashlib.file_digest(source.content, "sha256").hexdigest()
    return SourceVersion(url=url, etag=sha256, last_modified=source.last_modified, bytes=source.bytes)
