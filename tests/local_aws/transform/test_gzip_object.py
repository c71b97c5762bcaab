"""Gzip objects from anywhere are opened safely."""

import gzip

import pytest

from local_aws.errors import BadGzipError
from local_aws.transform.gzip_object import decompress


@pytest.mark.parametrize(
    ("content", "decompressed"),
    [
        (gzip.compress(b"1,2\n"), b"1,2\n"),
        (gzip.compress(b"1,2\n") + gzip.compress(b"3,4\n"), b"1,2\n3,4\n"),
        (gzip.compress(b""), b""),
        (gzip.compress(bytes(1000)), bytes(1000)),
    ],
    ids=["one-member", "two-members", "nothing", "just-not-too-large"],
)
def test_decompresses(content: bytes, decompressed: bytes) -> None:
    assert decompress(content, largest=1000) == decompressed


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"1,2\n", "cannot decompress it as Gzip: Not a gzipped file"),
        (gzip.compress(bytes(100))[:-9], "cannot decompress it as Gzip: Compressed file ended before"),
        (gzip.compress(b"1,2\n")[:10] + b"\xff" * 20, "cannot decompress it as Gzip: Error -3"),
        (gzip.compress(bytes(1001)), "it holds more than the 1000 bytes"),
        (gzip.compress(bytes(10**8)), "it holds more than the 1000 bytes"),
    ],
    ids=["no-gzip", "cut-off", "damaged", "too-large", "bomb"],
)
def test_refuses(content: bytes, message: str) -> None:
    with pytest.raises(BadGzipError, match=message):
        decompress(content, largest=1000)
