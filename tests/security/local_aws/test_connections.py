"""Connections that only keep the server busy, or fill its disk or memory."""

import os
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest
import urllib3

from tests.aws.clients import Aws
from tests.aws.signed_requests import signed_headers
from tests.raw_http import raw_status
from tests.services.local_aws_server import LocalAwsServer, local_aws_server

MANY = 500
"""More than four times as many as were enough to block the server."""
GIGABYTE = 1024**3


@pytest.fixture(scope="module")
def server() -> Iterator[LocalAwsServer]:
    with local_aws_server() as running:
        yield running


def connect(server: LocalAwsServer) -> socket.socket:
    address = urlsplit(server.url)
    assert address.hostname is not None
    return socket.create_connection((address.hostname, address.port or 80), timeout=10)


def is_closed(connection: socket.socket) -> bool:
    """Tell whether the server has closed a connection, without waiting."""
    connection.setblocking(False)
    try:
        return connection.recv(65536) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


@pytest.mark.parametrize(
    "begin",
    [
        b"",
        b"GET /",
        b"PUT /bucket/key HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000000\r\n\r\nbegin",
        b"PUT /bucket/key HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nbe",
    ],
    ids=["silent", "half a line", "half a body", "half a chunk"],
)
def test_many_that_wait_keep_nobody_out(server: LocalAwsServer, begin: bytes) -> None:
    aws = Aws(server.url)
    with ExitStack() as stack:
        for _ in range(MANY):
            connection = stack.enter_context(connect(server))
            connection.sendall(begin)
        started = time.monotonic()
        assert aws.client("sagemaker").list_models()["Models"] == []
        assert time.monotonic() - started < 10
        assert psutil.Process(server.process.pid).num_fds() < MANY


def test_who_is_served_keeps_the_connection(server: LocalAwsServer) -> None:
    url = f"{server.url}/"
    with urllib3.connection_from_url(server.url, retries=False, maxsize=1) as pool, ExitStack() as stack:
        for _ in range(3):
            assert pool.request("GET", "/", headers=signed_headers("GET", url, service="s3")).status == 200
            for _ in range(MANY // 2):
                stack.enter_context(connect(server))
        assert pool.num_connections == 1


@pytest.mark.parametrize("end", ["header", "body"])
def test_who_sends_a_byte_at_a_time_is_cut_off(server: LocalAwsServer, end: str) -> None:
    head = b"PUT /bucket/key HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    if end == "body":
        head += b"Content-Length: 1000\r\n\r\n"
    longest = 30 if end == "header" else 70
    with connect(server) as connection:
        connection.sendall(head)
        started = time.monotonic()
        while time.monotonic() - started < longest and not is_closed(connection):
            try:
                connection.sendall(b"x")
            except OSError:
                break
            time.sleep(0.5)
        assert time.monotonic() - started < longest


def large(server: LocalAwsServer, length: int, *, signed: bool, path: str = "/large/key") -> int:
    """Announce a body, and return the status of the answer that comes before any of it."""
    told = {"Content-Length": str(length), "Expect": "100-continue"}
    headers = {}
    if signed:
        hashed = {"x-amz-content-sha256": "UNSIGNED-PAYLOAD"}
        headers = signed_headers("PUT", f"{server.url}{path}", headers=hashed, service="s3")
    lines = "".join(f"{name}: {value}\r\n" for name, value in {**headers, **told}.items())
    head = f"PUT {path} HTTP/1.1\r\nHost: {urlsplit(server.url).netloc}\r\n{lines}\r\n"
    with connect(server) as connection:
        connection.sendall(head.encode())
        with connection.makefile("rb") as answer:
            return int(answer.readline().split()[1])


def test_no_large_body_of_a_stranger_is_received(server: LocalAwsServer) -> None:
    assert large(server, GIGABYTE, signed=False) == 403
    assert large(server, 16 * 1024**2, signed=False) == 403


def test_no_body_that_memory_does_not_hold_is_received(server: LocalAwsServer) -> None:
    memory = psutil.virtual_memory().total
    Aws(server.url).client("s3").create_bucket(Bucket="large")
    assert large(server, 16 * 1024**2, signed=True) == 100
    too_large = min(5 * GIGABYTE, memory // 7) + 1
    assert large(server, too_large, signed=True) == 400


def test_a_body_that_grows_is_cut_off(server: LocalAwsServer) -> None:
    """A chunked body does not tell its length beforehand."""
    with connect(server) as connection:
        connection.sendall(
            b"PUT /large/key HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        megabyte = b"100000\r\n" + os.urandom(1024**2) + b"\r\n"
        sent = 0
        try:
            while sent < 64:
                connection.sendall(megabyte)
                sent += 1
        except OSError:
            pass
        assert sent < 64


def test_nothing_in_the_log_begins_a_line_or_steers_a_terminal(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with log.open("w") as file, local_aws_server(stderr=file.fileno()) as server:
        host = urlsplit(server.url).netloc
        for path, target in (
            ("/bucket/\x1b[2J\x1b]0;title\x07", ""),
            ("/bucket/\x85\x9b31m", ""),
            ("/%0d%0a2026-01-01%20forged", ""),
            ("/", "X-Amz-Target: SageMaker.\x85\x9b31m\r\n"),
        ):
            raw_status(server.url, f"GET {path} HTTP/1.1\r\nHost: {host}\r\n{target}")
    written = log.read_bytes().decode("utf-8")
    assert len(written.splitlines()) >= 3
    assert all(character.isprintable() or character == "\n" for character in written)
    assert all(line[:4].isdigit() for line in written.splitlines())
