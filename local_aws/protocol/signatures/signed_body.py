"""Hold the body of a request against what its verified head says of it, and unwrap S3's streamed bodies.

Source: "Signature calculations for the Authorization header: Transferring payload in multiple chunks", and
the same "including trailing headers", in S3's API reference.
"""

import base64
import re
import zlib
from collections.abc import Iterator
from hashlib import sha1, sha256
from io import BytesIO
from typing import IO, TYPE_CHECKING

from local_aws.errors import AwsError
from local_aws.protocol.signatures.verification import Sender

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_UNSIGNED = "UNSIGNED-PAYLOAD"
_STREAMED = re.compile(r"STREAMING-(UNSIGNED-PAYLOAD|AWS4-HMAC-SHA256-PAYLOAD)(-TRAILER)?")
_HASH = re.compile(r"[0-9a-f]{64}")
_CHUNK = re.compile(rb"([0-9a-fA-F]{1,16})(?:;chunk-signature=([0-9a-f]{64}))?\r\n")
_TRAILER = re.compile(rb"([a-zA-Z0-9-]+):([^\r\n]*)\r?\n")
_NOTHING = sha256(b"").hexdigest()
_PIECE = 1024**2
_LONGEST_LINE = 8192


def check_body(sender: Sender, environ: "WSGIEnvironment") -> None:
    """Check the body. A streamed one is replaced by what was streamed, in the environment.

    Raises:
        AwsError: The body is not the one that was signed.
    """
    told = sender.body_hash
    if told is None or (told == _UNSIGNED and sender.refusals.form == "s3"):
        return
    if streamed := _STREAMED.fullmatch(told):
        _unwrap(sender, environ, is_signed=streamed[1] != _UNSIGNED, has_trailer=bool(streamed[2]))
        return
    if not _HASH.fullmatch(told):
        raise AwsError(
            "InvalidArgument",
            "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, "
            "STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER or a valid "
            "sha256 value.",
        )
    body = environ["wsgi.input"]
    found = sha256()
    for piece in iter(lambda: body.read(_PIECE), b""):
        found.update(piece)
    body.seek(0)
    if found.hexdigest() != told:
        if sender.refusals.form != "s3":
            raise sender.refusals.error("mismatch")
        raise AwsError(
            "XAmzContentSHA256Mismatch",
            "The provided 'x-amz-content-sha256' header does not match what was computed.",
        )


def _unwrap(sender: Sender, environ: "WSGIEnvironment", *, is_signed: bool, has_trailer: bool) -> None:
    body: IO[bytes] = environ["wsgi.input"]
    # moto will hold it in memory, in any case.
    content = BytesIO()
    sums = _Sums()
    chain = _Chain(sender) if is_signed else None
    for piece in _chunks(body, chain):
        content.write(piece)
        sums.update(piece)
    length = content.tell()
    if environ.get("HTTP_X_AMZ_DECODED_CONTENT_LENGTH") != str(length):
        raise _incomplete()
    _take_trailer(body, environ, sums, chain if has_trailer else None, has_trailer=has_trailer)
    content.seek(0)
    encodings = [one.strip() for one in environ.get("HTTP_CONTENT_ENCODING", "").split(",")]
    left = ",".join(one for one in encodings if one and one != "aws-chunked")
    environ.pop("HTTP_CONTENT_ENCODING", None)
    if left:
        environ["HTTP_CONTENT_ENCODING"] = left
    # moto would unwrap it once more.
    del environ["HTTP_X_AMZ_CONTENT_SHA256"]
    environ |= {"wsgi.input": content, "CONTENT_LENGTH": str(length)}


class _Chain:
    """The signatures of chunks: each one signs the one before it too."""

    def __init__(self, sender: Sender) -> None:
        claim = sender.claim
        if claim is None:
            raise sender.refusals.error("mismatch")
        self._sender = sender
        scope = f"{claim.timestamp[:8]}/{claim.region}/{claim.service}/aws4_request"
        self._head = f"{claim.timestamp}\n{scope}"
        self._last = claim.signature

    def check(self, kind: str, signature: bytes | None, *hashes: str) -> None:
        text = "\n".join([f"AWS4-HMAC-SHA256-{kind}", self._head, self._last, *hashes])
        self._last = self._sender.signature_of(text)
        if signature is None or signature.decode("latin-1") != self._last:
            raise self._sender.refusals.error("mismatch")


class _Sums:
    """The checksums that a trailer may hold, of those that Python has itself."""

    def __init__(self) -> None:
        self._crc32 = 0
        self._sha1, self._sha256 = sha1(usedforsecurity=False), sha256()

    def update(self, piece: bytes) -> None:
        self._crc32 = zlib.crc32(piece, self._crc32)
        self._sha1.update(piece)
        self._sha256.update(piece)

    def of(self, name: str) -> bytes | None:
        found = {
            "x-amz-checksum-crc32": self._crc32.to_bytes(4, "big"),
            "x-amz-checksum-sha1": self._sha1.digest(),
            "x-amz-checksum-sha256": self._sha256.digest(),
        }.get(name)
        return base64.b64encode(found) if found is not None else None


def _chunks(body: IO[bytes], chain: _Chain | None) -> Iterator[bytes]:
    """Read chunks up to the empty one that ends them. A chunk is handed on once its signature is verified."""
    while True:
        line = _CHUNK.fullmatch(body.readline(_LONGEST_LINE))
        if line is None:
            raise _incomplete()
        size = int(line[1], 16)
        chunk = body.read(size)
        if len(chunk) < size:
            raise _incomplete()
        if chain is not None:
            chain.check("PAYLOAD", line[2], _NOTHING, sha256(chunk).hexdigest())
        if size == 0:
            return
        if body.read(2) != b"\r\n":
            raise _incomplete()
        yield chunk


def _take_trailer(
    body: IO[bytes], environ: "WSGIEnvironment", sums: _Sums, chain: _Chain | None, *, has_trailer: bool
) -> None:
    """Check the trailer, and make a header of its checksum, from which moto takes it."""
    wanted = {name.strip().lower() for name in environ.get("HTTP_X_AMZ_TRAILER", "").split(",")} - {""}
    found: dict[str, bytes] = {}
    signature = None
    while line := _TRAILER.fullmatch(body.readline(_LONGEST_LINE)):
        name, value = line[1].decode().lower(), line[2].strip()
        if name == "x-amz-trailer-signature":
            signature = value
        else:
            found[name] = value
    if set(found) != (wanted if has_trailer else set()):
        raise AwsError(
            "MalformedTrailerError", "The request contained trailing data that was not well-formed."
        )
    if chain is not None:
        canonical = b"".join(b"%s:%s\n" % (name.encode(), found[name]) for name in sorted(found))
        chain.check("TRAILER", signature, sha256(canonical).hexdigest())
    for name, value in found.items():
        expected = sums.of(name)
        if expected is not None and expected != value:
            raise AwsError("BadDigest", f"The {name} you specified did not match the calculated checksum.")
        environ[f"HTTP_{name.upper().replace('-', '_')}"] = value.decode("latin-1")


def _incomplete() -> AwsError:
    return AwsError(
        "IncompleteBody", "The request body terminated unexpectedly, or is not encoded as aws-chunked."
    )
