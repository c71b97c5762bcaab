"""Bodies that S3's clients stream in chunks, signed one by one, as AWS's documentation describes them."""

import base64
import zlib
from dataclasses import replace
from hashlib import sha256
from io import BytesIO
from typing import Any

import pytest
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.httpchecksum import AwsChunkedWrapper, Crc32Checksum
from hypothesis import given
from hypothesis import strategies as st

from local_aws.errors import AwsError
from local_aws.protocol.signatures.access_keys import AccessKeys
from local_aws.protocol.signatures.authentication import BySignature
from local_aws.protocol.signatures.verification import Verifier
from tests.local_aws.protocol.signatures.signed_environ import HOST, KEY, REGION, Wire

CONTENT = b"a body in three chunks"


class _Streaming(S3SigV4Auth):
    """Signs the word for a streamed body in place of a hash."""

    def __init__(self, word: str) -> None:
        super().__init__(Credentials(KEY.key_id, KEY.secret), "s3", REGION)
        self._word = word

    def payload(self, request: Any) -> str:
        del request
        return self._word


def streamed(content: bytes = CONTENT, *, word: str, trailer: bool, sizes: int = 8) -> Wire:
    """A streamed PUT. The chunks of signed ones are signed with botocore's signer, as Amazon's page tells."""
    checksum = base64.b64encode(zlib.crc32(content).to_bytes(4, "big")).decode()
    headers = {
        "Content-Encoding": "aws-chunked",
        "x-amz-decoded-content-length": str(len(content)),
        **({"x-amz-trailer": "x-amz-checksum-crc32"} if trailer else {}),
    }
    request: Any = AWSRequest("PUT", f"http://{HOST}/bucket/key", headers, b"")
    signer = _Streaming(word)
    signer.add_auth(request)
    timestamp = request.context["timestamp"]
    scope = f"{timestamp[:8]}/{REGION}/s3/aws4_request"
    last = request.headers["Authorization"].rpartition("Signature=")[2]

    def chain(kind: str, *hashes: str) -> str:
        text = "\n".join([f"AWS4-HMAC-SHA256-{kind}", timestamp, scope, last, *hashes])
        return str(signer.signature(text, request))

    is_signed = "AWS4" in word
    body = b""
    pieces = [content[start : start + sizes] for start in range(0, len(content), sizes)]
    for piece in [*pieces, b""]:
        line = f"{len(piece):x}"
        if is_signed:
            last = chain("PAYLOAD", sha256(b"").hexdigest(), sha256(piece).hexdigest())
            line += f";chunk-signature={last}"
        body += f"{line}\r\n".encode() + piece + (b"\r\n" if piece else b"")
    if trailer:
        body += f"x-amz-checksum-crc32:{checksum}\r\n".encode()
        if is_signed:
            last = chain("TRAILER", sha256(f"x-amz-checksum-crc32:{checksum}\n".encode()).hexdigest())
            body += f"x-amz-trailer-signature:{last}\r\n".encode()
    return Wire("PUT", "/bucket/key", dict(request.headers.items()), body + b"\r\n")


def unwrapped(wire: Wire) -> dict[str, Any]:
    environ = wire.environ()
    BySignature(Verifier(AccessKeys(KEY))).identify(environ)
    return environ


FORMS = {
    "signed": {"word": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "trailer": False},
    "signed, with trailer": {"word": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER", "trailer": True},
    "unsigned, with trailer": {"word": "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "trailer": True},
}


@pytest.mark.parametrize("form", FORMS)
def test_moto_gets_what_was_streamed(form: str) -> None:
    environ = unwrapped(streamed(**FORMS[form]))
    assert environ["wsgi.input"].read() == CONTENT
    assert environ["CONTENT_LENGTH"] == str(len(CONTENT))
    assert "HTTP_CONTENT_ENCODING" not in environ
    assert "HTTP_X_AMZ_CONTENT_SHA256" not in environ
    assert ("HTTP_X_AMZ_CHECKSUM_CRC32" in environ) == FORMS[form]["trailer"]


def test_what_botocore_streams_is_taken() -> None:
    wire = streamed(b"x", word="STREAMING-UNSIGNED-PAYLOAD-TRAILER", trailer=True)
    wrapper = AwsChunkedWrapper(BytesIO(b"x"), Crc32Checksum, "x-amz-checksum-crc32", chunk_size=1024**2)
    assert unwrapped(replace(wire, body=wrapper.read()))["wsgi.input"].read() == b"x"


@pytest.mark.parametrize("form", FORMS)
@given(place=st.integers(0, 10_000), byte=st.integers(1, 255))
def test_any_change_of_a_chunk_is_refused(form: str, place: int, byte: int) -> None:
    wire = streamed(**FORMS[form])
    place %= len(wire.body) - 2
    body = wire.body[:place] + bytes([wire.body[place] ^ byte]) + wire.body[place + 1 :]
    # Hexadecimal digits, names of headers and the space around values may be written in more than one way.
    if body.lower() == wire.body.lower() or body.split() == wire.body.split():
        return
    try:
        found = unwrapped(replace(wire, body=body))["wsgi.input"].read()
    except AwsError:
        return
    assert found == CONTENT


@pytest.mark.parametrize("form", ["signed", "signed, with trailer"])
def test_chunks_have_their_order_and_their_end(form: str) -> None:
    wire = streamed(**FORMS[form])
    first, second = wire.body.index(b"\r\n8;") + 2, wire.body.index(b"\r\n6;") + 2
    swapped = wire.body[first:second] + wire.body[:first] + wire.body[second:]
    for body in (swapped, wire.body[:first], wire.body[first:], b"", wire.body[: len(wire.body) // 2]):
        with pytest.raises(AwsError):
            unwrapped(replace(wire, body=body))


def test_a_trailer_that_was_not_announced_is_refused() -> None:
    wire = streamed(**FORMS["unsigned, with trailer"])
    more = wire.body.replace(b"x-amz-checksum-crc32", b"x-amz-acl:public\r\nx-amz-checksum-crc32")
    with pytest.raises(AwsError) as caught:
        unwrapped(replace(wire, body=more))
    assert caught.value.code == "MalformedTrailerError"


def test_a_checksum_that_is_not_the_contents_is_refused() -> None:
    wire = streamed(**FORMS["unsigned, with trailer"])
    with pytest.raises(AwsError) as caught:
        unwrapped(replace(wire, body=wire.body.replace(CONTENT[:8], b"another.")))
    assert caught.value.code == "BadDigest"
