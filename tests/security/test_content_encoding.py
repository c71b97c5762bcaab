"""A source's server sends few bytes that become many, or few a minute: what a worker spends on it is bounded.

Who: whoever runs the server that `data_url` names, or one that it redirects to.
"""

import gzip
import socket
import threading
import time
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from typing import TYPE_CHECKING

import pytest

from include.pipeline.documents.raw_data import RawData
from include.pipeline.errors import SourceError
from include.pipeline.source.download import fetch
from include.pipeline.source.policy import SourcePolicy
from include.pipeline.source.version import look_up_version
from include.pipeline.source.web import Patience, UnavailableError
from tests.services.misbehaving_web import CSV, Answer, MisbehavingWeb

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("_no_proxy")]

Bring = Callable[..., RawData]

LIMIT = 100_000
# For an answer that never comes to its end; a busy machine takes its time for one that does.
LITTLE_PATIENCE = Patience(connect_seconds=1, read_seconds=0.5, total_seconds=1.5, first_wait_seconds=0.01)
PATIENCE = Patience(first_wait_seconds=0.01)
# A download of this limit takes a few hundred kilobytes of memory, a bomb fifty megabytes.
MOST_MEMORY = 5_000_000


@cache
def bomb() -> bytes:
    """50 MB of zeros, compressed twice: 300 bytes."""
    return gzip.compress(gzip.compress(bytes(50_000_000), 9), 9)


@pytest.fixture
def bring(s3: "S3Client") -> Bring:
    return partial(
        fetch,
        policy=SourcePolicy(http_hosts=("127.0.0.1",), max_bytes=LIMIT),
        s3=s3,
        raw_uri="s3://bucket/raw",
        patience=PATIENCE,
    )


@contextmanager
def little_memory() -> Iterator[None]:
    """Hold a block to `MOST_MEMORY`."""
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < MOST_MEMORY
    finally:
        tracemalloc.stop()


def test_the_bomb_is_one() -> None:
    assert len(bomb()) < LIMIT / 50
    assert len(gzip.decompress(bomb())) < 2 * LIMIT


def test_a_bomb_is_refused_before_it_is_unpacked(web: MisbehavingWeb, bring: Bring) -> None:
    url = web.url("/bank.csv", Answer(bomb(), headers={"Content-Encoding": "gzip, gzip"}))
    with (
        little_memory(),
        pytest.raises(SourceError, match=r"Content-Encoding 'gzip, gzip'(?s:.*)as it is, not compressed"),
    ):
        bring(url)
    assert web.asked["GET /bank.csv"] == 1


@pytest.mark.parametrize(
    ("encoding", "encode"),
    [("gzip", gzip.compress), ("deflate", zlib.compress), ("x-gzip", gzip.compress), ("br", bytes)],
)
def test_no_encoding_is_taken(
    encoding: str, encode: Callable[[bytes], bytes], web: MisbehavingWeb, bring: Bring
) -> None:
    url = web.url("/bank.csv", Answer(encode(CSV), headers={"Content-Encoding": encoding}))
    with pytest.raises(SourceError, match=f"Content-Encoding '{encoding}'"):
        bring(url)


@pytest.mark.parametrize("encoding", ["", "identity", "Identity, identity"])
def test_a_file_as_it_is_may_say_so(encoding: str, web: MisbehavingWeb, bring: Bring) -> None:
    assert bring(web.url("/bank.csv", Answer(headers={"Content-Encoding": encoding}))).bytes == len(CSV)


@pytest.mark.parametrize("method", [fetch, look_up_version])
def test_the_body_of_a_redirect_is_not_read(
    method: Callable[..., object], web: MisbehavingWeb, s3: "S3Client"
) -> None:
    end = web.url("/end.csv", Answer(headers={"ETag": "v1"}))
    for status in (301, 302, 303, 307, 308):
        url = web.url(
            f"/{status}.csv",
            Answer(bomb(), status=status, headers={"Location": end, "Content-Encoding": "gzip, gzip"}),
        )
        asked = {"raw_uri": "s3://bucket/raw"} if method is fetch else {}
        with little_memory():
            method(url, policy=SourcePolicy(http_hosts=("127.0.0.1",)), s3=s3, patience=PATIENCE, **asked)


def test_what_is_counted_is_what_came(web: MisbehavingWeb, bring: Bring) -> None:
    url = web.url("/bank.csv", Answer(b"1" * 2 * LIMIT, open_ended=True))
    with pytest.raises(SourceError, match=f"at least [0-9]+ bytes\nExpected: a source has at most {LIMIT}"):
        bring(url)


def test_an_answer_that_promises_an_absurd_length_is_refused(web: MisbehavingWeb, bring: Bring) -> None:
    for length in ("9" * 19, "9" * 5000):
        url = web.url("/bank.csv", Answer(headers={"X": "y"}, promised=length))  # type: ignore[arg-type]
        with pytest.raises(SourceError):
            bring(url)


HEAD = b"HTTP/1.1 200 OK\r\nETag: v1\r\n"
# What is sent once, and what comes after it every tenth of a second, without end.
DRIPS = {
    "a body": (HEAD + b"\r\n", b"1"),
    "chunks": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n1\r\n"),
    "headers": (HEAD + b"X: ", b"x"),
    "lines of headers": (HEAD, b"X: y\r\n"),
    "a status line": (b"HTTP/1.1 ", b"2"),
    "hints": (b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"),
}


DRIPPING = 60


@contextmanager
def dripping(start: bytes, drop: bytes) -> Iterator[str]:
    """Serve a URL whose answer never ends, though no single step of it takes long."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(5)

        def serve(connection: socket.socket) -> None:
            with connection:
                try:
                    connection.recv(10_000)
                    connection.sendall(start)
                    end = time.monotonic() + DRIPPING
                    while time.monotonic() < end:
                        connection.sendall(drop)
                        time.sleep(0.1)
                except OSError:
                    return  # the client has left

        def accept() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                threading.Thread(target=serve, args=[connection], daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/bank.csv"


@pytest.mark.parametrize(("start", "drop"), DRIPS.values(), ids=DRIPS)
def test_a_download_that_never_ends_is_ended(start: bytes, drop: bytes, bring: Bring) -> None:
    with dripping(start, drop) as url:
        began = time.monotonic()
        with pytest.raises(SourceError, match=r"answer in full within 3 tries and 1\.5 s"):
            bring(url, patience=LITTLE_PATIENCE)
        assert time.monotonic() - began < DRIPPING / 2


@pytest.mark.parametrize("kind", ["headers", "hints"])
def test_a_look_that_never_ends_is_ended(kind: str, s3: "S3Client") -> None:
    with dripping(*DRIPS[kind]) as url:
        began = time.monotonic()
        with pytest.raises(UnavailableError):
            look_up_version(
                url, policy=SourcePolicy(http_hosts=("127.0.0.1",)), s3=s3, patience=LITTLE_PATIENCE
            )
        assert time.monotonic() - began < DRIPPING / 2


def test_pauses_between_tries_count(web: MisbehavingWeb, s3: "S3Client") -> None:
    patience = Patience(total_seconds=10, first_wait_seconds=300)
    url = web.url("/bank.csv", Answer(status=503))
    began = time.monotonic()
    with pytest.raises(SourceError, match=r"503 (?s:.*)within 3 tries and 10 s"):
        fetch(
            url,
            policy=SourcePolicy(http_hosts=("127.0.0.1",)),
            s3=s3,
            raw_uri="s3://bucket/raw",
            patience=patience,
        )
    assert time.monotonic() - began < 100
