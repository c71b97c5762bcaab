"""A proxy between Airflow and local AWS: it knows which process asks, and what may go wrong on the way."""

import http.client
import json
import re
import select
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psutil

_HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding"}
_BUCKET_OPERATIONS = {
    "PUT": "CreateBucket",
    "GET": "ListObjectsV2",
    "HEAD": "HeadBucket",
    "DELETE": "DeleteBucket",
}
# Named by the query, where there is one of these.
_SUBRESOURCES = {
    "tagging": "{method}BucketTagging",
    "delete": "DeleteObjects",
    "uploads": "UploadPart",
    "uploadId": "UploadPart",
}
_OBJECT_OPERATIONS = {"PUT": "PutObject", "GET": "GetObject", "HEAD": "HeadObject", "DELETE": "DeleteObject"}


@dataclass(frozen=True)
class Answer:
    """What AWS answered."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


class DroppedError(Exception):
    """The connection is to end here, without more bytes."""


@dataclass
class Exchange:
    """One request on its way to AWS."""

    service: str
    """`s3`, `sagemaker`, `runtime.sagemaker`, `iam`, `sts` or `logs`."""
    operation: str
    path: str
    """Path of the URL."""
    pid: int
    """Id of the process that asks."""
    _handler: "_Handler"
    _body: bytes

    def names(self, name: str) -> bool:
        """Tell whether the request holds a name."""
        return f'"{name}"' in self._body.decode(errors="replace")

    def forward(self) -> Answer:
        """Hand the request on to local AWS."""
        return self._handler.ask(self._body)

    def error(self, code: str, status: int) -> Answer:
        """Build an error answer as this service words it."""
        message = f"{code}, as the test wants it"
        if self.service in {"s3", "iam", "sts"}:
            inner = f"<Code>{code}</Code><Message>{message}</Message>"
            body = (
                f"<Error>{inner}</Error>"
                if self.service == "s3"
                else f"<ErrorResponse><Error>{inner}</Error></ErrorResponse>"
            )
            return Answer(status, [("Content-Type", "application/xml")], body.encode())
        headers = [("Content-Type", "application/x-amz-json-1.1"), ("x-amzn-ErrorType", code)]
        return Answer(status, headers, json.dumps({"__type": code, "message": message}).encode())

    def cut(self, answer: Answer) -> None:
        """Send half of an answer, then end the connection."""
        self._handler.send(answer, of_body=len(answer.body) // 2)
        raise DroppedError

    def wait_for_hang_up(self, seconds: float) -> None:
        """Wait until who asks has ended the connection: its process has ended."""
        connection = self._handler.connection
        readable, _, _ = select.select([connection], [], [], seconds)
        assert readable, f"process {self.pid} still waits after {seconds} s"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "AwsProxy"

    def setup(self) -> None:
        super().setup()
        self._pid = _process_at(self.client_address[1], self.server.server_port)

    def handle_any(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        service, operation = _operation(self.command, self.path, self.headers, body)
        exchange = Exchange(service, operation, self.path, self._pid, self, body)
        try:
            self.send(self.server.answer(exchange))
        except (DroppedError, OSError):
            # OSError: local AWS is down, or the asking process is. Either sees a broken connection.
            self.close_connection = True
            self._hang_up()

    # The names that the base class looks for.
    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = handle_any  # noqa: N815

    def ask(self, body: bytes) -> Answer:
        connection = http.client.HTTPConnection(self.server.upstream, timeout=120)
        try:
            connection.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                if name.lower() not in _HOP_BY_HOP | {"expect"}:
                    connection.putheader(name, value)
            connection.endheaders(body)
            answer = connection.getresponse()
            content = answer.read()
            headers = [item for item in answer.getheaders() if item[0].lower() not in _HOP_BY_HOP]
        finally:
            connection.close()
        return Answer(answer.status, headers, content)

    def send(self, answer: Answer, of_body: int | None = None) -> None:
        self.send_response_only(answer.status)
        told = {name.lower() for name, _ in answer.headers}
        for name, value in answer.headers:
            self.send_header(name, value)
        if "content-length" not in told:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body[:of_body])
        self.wfile.flush()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Tests print what they need."""

    def _hang_up(self) -> None:
        try:
            self.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            # It is closed already.
            return


class AwsProxy(ThreadingHTTPServer):
    """Listens on a free port of 127.0.0.1 and asks a function what becomes of each request.

    Args:
        upstream: Local AWS's host and port.
        answer: Called with each exchange, in a thread of its connection. Whatever it returns is sent;
            `DroppedError` ends the connection.
    """

    daemon_threads = True

    def __init__(self, upstream: str, answer: Callable[[Exchange], Answer]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.upstream = upstream
        self.answer = answer

    @contextmanager
    def running(self) -> Iterator[None]:
        """Serve until the block is left."""
        thread = threading.Thread(target=self.serve_forever)
        thread.start()
        try:
            yield
        finally:
            self.shutdown()
            thread.join()
            self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that was killed leaves a broken connection: nobody is there to tell."""


def _process_at(port: int, server_port: int) -> int:
    for connection in psutil.net_connections("tcp4"):
        if connection.laddr.port == port and connection.raddr and connection.raddr.port == server_port:
            return connection.pid or 0
    return 0


def _operation(method: str, path: str, headers: Any, body: bytes) -> tuple[str, str]:
    url = urlsplit(path)
    query = parse_qs(url.query, keep_blank_values=True)
    scope = re.search(r"Credential=[^/]+/\d+/[^/]+/([^/]+)/", headers.get("Authorization", ""))
    service = scope[1] if scope else ""
    if target := headers.get("X-Amz-Target"):
        return target.split(".")[0].lower().removesuffix("_20140328"), target.split(".")[1]
    if url.path.startswith("/endpoints/"):
        return "runtime.sagemaker", "InvokeEndpoint"
    if service in {"sts", "iam"}:
        return service, parse_qs(body.decode())["Action"][0]
    for subresource, operation in _SUBRESOURCES.items():
        if subresource in query:
            return "s3", operation.format(method=method.capitalize())
    has_key = len(url.path.strip("/").split("/")) > 1
    return "s3", (_OBJECT_OPERATIONS if has_key else _BUCKET_OPERATIONS).get(method, method)
