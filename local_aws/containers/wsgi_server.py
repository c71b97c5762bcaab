"""Serve a container's WSGI application over HTTP, one request at a time, without other threads.

A model uses one core and holds the interpreter's lock: a pool of threads would cost a third of each answer's
time.
"""

import socket
import sys
from collections.abc import Awaitable, Callable
from io import BytesIO
from typing import TYPE_CHECKING, Any

import uvicorn

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

_Message = dict[str, Any]
# Only the server connects, and it keeps its connections for later requests.
_KEEP_ALIVE_SECONDS = 24 * 3600


class _InlineWsgi:
    """A WSGI application as an ASGI application."""

    def __init__(self, application: "WSGIApplication") -> None:
        self._application = application

    async def __call__(
        self,
        scope: _Message,
        receive: Callable[[], Awaitable[_Message]],
        send: Callable[[_Message], Awaitable[None]],
    ) -> None:
        """Answer one request."""
        parts: list[bytes] = []
        more_body = True
        while more_body:
            message = await receive()
            parts.append(message.get("body", b""))
            more_body = message.get("more_body", False)
        start: _Message = {"type": "http.response.start"}
        written: list[bytes] = []

        def start_response(
            status: str, headers: list[tuple[str, str]], _exc_info: Any = None, /
        ) -> Callable[[bytes], object]:
            start["status"] = int(status.split(" ", 1)[0])
            start["headers"] = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
            return written.append

        returned = b"".join(self._application(_environ(scope, b"".join(parts)), start_response))
        await send(start)
        await send({"type": "http.response.body", "body": b"".join(written) + returned})


def _environ(scope: _Message, body: bytes) -> "WSGIEnvironment":
    environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": scope["path"].encode().decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8080",
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in scope["headers"]:
        variable = name.decode("latin-1").upper().replace("-", "_")
        prefix = "" if variable in ("CONTENT_TYPE", "CONTENT_LENGTH") else "HTTP_"
        environ[prefix + variable] = value.decode("latin-1")
    environ["CONTENT_LENGTH"] = str(len(body))
    return environ


def serve(application: "WSGIApplication", listener: socket.socket) -> None:
    """Serve on a listening socket until the process ends."""
    config = uvicorn.Config(
        _InlineWsgi(application),
        lifespan="off",
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        date_header=False,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
    )
    uvicorn.Server(config).run(sockets=[listener])
