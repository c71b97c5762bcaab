"""An incoming webhook of Slack's that keeps what it is sent."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

_PATH = "/services/T0/B0/made-up"


class SlackWebhook(ThreadingHTTPServer):
    """Takes messages at one address, as Slack does."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.messages: list[dict[str, Any]] = []

    @property
    def connection(self) -> str:
        """Airflow's connection to it."""
        folder, _, token = _PATH.partition("/T0")
        about = {"conn_type": "slackwebhook", "host": f"http://127.0.0.1:{self.server_port}{folder}"}
        return json.dumps(about | {"password": f"T0{token}"})


class _Handler(BaseHTTPRequestHandler):
    server: SlackWebhook

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        known = self.path == _PATH
        if known:
            self.server.messages.append(json.loads(body))
        self.send_response(200 if known else 404)
        self.end_headers()
        self.wfile.write(b"ok" if known else b"no_service")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def slack_webhook() -> Iterator[SlackWebhook]:
    """Runs one until the block is left."""
    server = SlackWebhook()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
