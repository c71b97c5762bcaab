"""The HTTP server: how answers leave it."""

import http.client
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from waitress.channel import HTTPChannel

from local_aws.protocol.http_server import create_server
from local_aws.protocol.request_bodies import RequestBodies

LARGE = b"0123456789abcdef" * 2**20
"""More than the buffers of a socket hold."""


@contextmanager
def serving(body: bytes) -> Iterator[http.client.HTTPConnection]:
    def application(_environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [("Content-Length", str(len(body)))])
        return [body]

    server = create_server(RequestBodies(application, lambda _: None), "127.0.0.1", 0)
    loop = threading.Thread(target=server.run)
    loop.start()
    client = http.client.HTTPConnection("127.0.0.1", server.effective_port)
    try:
        yield client
    finally:
        client.close()
        server.trigger.pull_trigger(server.close)
        loop.join(10)


def test_the_main_loop_rests_while_a_task_sends(monkeypatch: pytest.MonkeyPatch) -> None:
    send, seconds = HTTPChannel.send, 0.5

    def slow_send(channel: HTTPChannel, data: bytes, do_close: bool = True) -> int:
        time.sleep(seconds)
        sent: int = send(channel, data, do_close)
        return sent

    monkeypatch.setattr(HTTPChannel, "send", slow_send)
    with serving(b"small") as client:
        before = time.process_time()
        client.request("GET", "/")
        time.sleep(seconds / 5)
        # Somebody else wakes the loop in the meantime.
        with socket.create_connection((client.host, client.port)):
            assert client.getresponse().read() == b"small"
        assert time.process_time() - before < seconds / 2


def test_who_reads_slowly_gets_the_whole_answer() -> None:
    with serving(LARGE) as client:
        for _ in range(2):
            client.request("GET", "/")
            answer = client.getresponse()
            begin = answer.read(1000)
            time.sleep(0.2)
            assert begin + answer.read() == LARGE
