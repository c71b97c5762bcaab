"""A web server on 127.0.0.1 that misbehaves as a test asks, for downloads and as an S3."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

CSV = b"age,y\n31,0\n42,1\n"
# As `sha1sum` and `sha256sum` print them.
# pragma: allowlist nextline secret - a checksum
SHA1 = "c37ff22f19c4039bf673bc42e2faf7ad639c4d3a"
# pragma: allowlist nextline secret - a checksum
SHA256 = "15ff9e308e7221846e8b1f1d8d2b48c784f56ede3a29efe05d62b7eb29a42dc6"


@dataclass(frozen=True)
class Answer:
    """What the server says once, and how it misbehaves."""

    body: bytes = CSV
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    promised: int | None = None  # Content-Length, where it is not the body's
    open_ended: bool = False  # no Content-Length
    delay: float = 0
    reason: str | None = None  # beside the status, where it is not the usual one


class MisbehavingWeb(ThreadingHTTPServer):
    """A web server that answers each path with what it was told, the last answer again and again."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: dict[str, list[Answer]] = {}
        self.asked: Counter[str] = Counter()
        self.targets: list[str] = []
        """Paths with their queries, in the order in which they were asked for."""
        self.heard: dict[str, dict[str, str]] = {}
        """The headers of the last request of each kind."""

    @property
    def host(self) -> str:
        """With its port."""
        return f"127.0.0.1:{self.server_port}"

    def url(self, path: str, *answers: Answer) -> str:
        """Return the URL of a path that now gives these answers."""
        self.answers[path] = list(answers) or [Answer()]
        return f"http://{self.host}{path}"

    def end(self) -> None:
        """Be there no longer. Closed while it waits for a request, it could still take one."""
        self.shutdown()
        self.server_close()


class Handler(BaseHTTPRequestHandler):
    """Gives the next answer."""

    server: MisbehavingWeb
    protocol_version = "HTTP/1.1"  # answers boto3's `Expect: 100-continue`, which would wait a second
    keeps_open = False  # the connection, for further requests

    def answer(self) -> None:
        path = self.path.partition("?")[0]
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.asked[f"{self.command} {path}"] += 1
        self.server.targets.append(self.path)
        self.server.heard[f"{self.command} {path}"] = dict(self.headers)
        answers = self.server.answers.get(path, [Answer(status=404, body=b"absent")])
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        time.sleep(answer.delay)
        self.send_response(answer.status, answer.reason)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if not answer.open_ended:
            size = len(answer.body) if answer.promised is None else answer.promised
            self.send_header("Content-Length", str(size))
        if not self.keeps_open:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    do_GET = do_HEAD = do_PUT = do_CONNECT = answer  # noqa: N815 - the names that the base class calls

    def log_message(self, *_: object) -> None:
        """Keeps the test's output clean."""


@contextmanager
def serving() -> Iterator[MisbehavingWeb]:
    """Serve until the end of the `with` block."""
    with MisbehavingWeb() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
