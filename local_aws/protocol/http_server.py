"""The HTTP server: waitress, with S3's rules, and without patience for clients that only keep it busy."""

import re
import sys
import time
from functools import partial
from typing import TYPE_CHECKING, Any

from moto.core.request import PRESERVED_HEADER_NAMES_ENVIRON_KEY, environ_key_for_header
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import TcpWSGIServer
from waitress.task import ThreadedTaskDispatcher, WSGITask

from local_aws.protocol.request_bodies import SMALL, RequestBodies

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment
    from werkzeug.wrappers import Response

_THREADS = 16
# Each of them takes a file descriptor; many systems give a process 1,024.
_MOST_CONNECTIONS = 400
# A client that is still there is quicker by far, on any connection that leads here.
_HEADER_SECONDS = 20
_BODY_SECONDS = 40
_LEAST_BYTES_PER_SECOND = 50_000
_ANSWER_SECONDS = 60
_IDLE_SECONDS = 120
_CLEANUP_SECONDS = 2
_METADATA_WITH_UNDERSCORE = re.compile(
    rb"^(x-amz-meta-[^:\r\n]*_[^:\r\n]*):[ \t]*([^\r\n]*?)[ \t]*\r?$", re.IGNORECASE | re.MULTILINE
)
_METADATA_IN_ANSWER = re.compile(rb"^x-amz-meta-[^:\r\n]+", re.IGNORECASE | re.MULTILINE)


class _Parser(HTTPRequestParser):  # type: ignore[misc] # waitress has no types
    """A parser that expects no empty bodies, and keeps S3 metadata with underscores in its names.

    boto3 puts an empty S3 object with `Expect: 100-continue` and `Content-Length: 0`. waitress would answer
    "continue", and then wait for ever.

    waitress drops headers with underscores, because WSGI does not distinguish them from headers with dashes.
    moto does, by the names that are passed on beside the headers.
    """

    error: Any = None

    def __init__(self, adj: Any, bodies: RequestBodies) -> None:
        super().__init__(adj)
        self.preserved_names: dict[str, str] = {}
        self.began = time.time()
        self._bodies = bodies
        self._is_admitted = False

    def received(self, data: bytes) -> int:
        """Receive a part of a request, and no large body of one whose head does not allow it."""
        consumed: int = super().received(data)
        length = max(self.content_length, self.body_bytes_received)
        is_new = length > (self._bodies.largest if self._is_admitted else SMALL)
        if self.headers_finished and not self.error and is_new:
            self._is_admitted = True
            refusal = self._bodies.refusal(self._head(), length)
            if refusal is not None:
                self.error = _Refusal(refusal)
                self.completed = True
                self.expect_continue = False
        return consumed

    def _head(self) -> "WSGIEnvironment":
        named = {
            name if name in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{name}": value
            for name, value in self.headers.items()
        }
        return {
            **named,
            "REQUEST_METHOD": self.command,
            "REQUEST_URI": self.request_uri,
            PRESERVED_HEADER_NAMES_ENVIRON_KEY: self.preserved_names,
        }

    def parse_header(self, header_plus: bytes) -> None:
        """Parse the header of a request."""
        super().parse_header(header_plus)
        if self.content_length == 0 and not self.chunked:
            self.expect_continue = False
        for name, value in _METADATA_WITH_UNDERSCORE.findall(header_plus):
            variable = environ_key_for_header(name.decode("latin-1"))
            header = variable.removeprefix("HTTP_")
            # A header with dashes must not be replaced.
            if header not in self.headers:
                self.headers[header] = value.decode("latin-1")
                self.preserved_names[variable] = name.decode("latin-1")


class _Refusal:
    """An answer in the form in which waitress asks an error for one."""

    def __init__(self, answer: "Response") -> None:
        self._answer = answer

    def to_response(self, _ident: str | None = None) -> tuple[str, list[tuple[str, str]], bytes]:
        return self._answer.status, list(self._answer.headers), self._answer.get_data()


class _Task(WSGITask):  # type: ignore[misc] # as above
    """A task that passes the names of metadata on to moto, and answers them in lower case, as S3 does."""

    def get_environment(self) -> "WSGIEnvironment":
        """Return the WSGI environment of the request."""
        environ: WSGIEnvironment = super().get_environment()
        environ[PRESERVED_HEADER_NAMES_ENVIRON_KEY] = self.request.preserved_names
        return environ

    def build_response_header(self) -> bytes:
        """Return the header of the answer, without the capitals that waitress gives to metadata."""
        header: bytes = super().build_response_header()
        self.channel.is_known |= self.status.startswith("2")
        return _METADATA_IN_ANSWER.sub(lambda name: name[0].lower(), header)


class _Channel(HTTPChannel):  # type: ignore[misc] # as above
    task_class = _Task
    is_known = False
    """Whether it has brought a request that was answered well."""

    @property
    def is_waiting(self) -> bool:
        """Whether it waits for the client to send something."""
        return not self.requests and not self.total_outbufs_len

    def writable(self) -> bool:
        """Whether the main loop has something to send.

        It has not while the task sends its answer: asking again and again takes the interpreter from it.
        What the task leaves is announced to the loop.
        """
        if self.requests and self.total_outbufs_len and not (self.will_close or self.close_when_flushed):
            is_sent_by_task = not self.outbuf_lock.acquire(blocking=False)
            if is_sent_by_task:
                return False
            self.outbuf_lock.release()
        return bool(super().writable())

    def is_overdue(self, now: float) -> bool:
        """Tell whether the client takes too long: for a request, or to take its answer."""
        if self.total_outbufs_len:
            return bool(now - self.last_activity > _ANSWER_SECONDS)
        if self.requests:
            return False
        request = self.request
        if request is None:
            return bool(now - self.last_activity > _IDLE_SECONDS)
        seconds = _HEADER_SECONDS
        if request.headers_finished:
            seconds += _BODY_SECONDS + request.body_bytes_received / _LEAST_BYTES_PER_SECOND
        return bool(now - request.began > seconds)


class _Server(TcpWSGIServer):  # type: ignore[misc] # as above
    """A server that is never full: where there are too many connections, one that waits has to go."""

    _next_cleanup = 0.0

    def readable(self) -> bool:
        """Accept connections at all times."""
        now = time.time()
        if now >= self._next_cleanup:
            self._next_cleanup = now + _CLEANUP_SECONDS
            self.maintenance(now)
        return bool(self.accepting)

    def handle_accept(self) -> None:
        """Accept a connection, in place of another one where there are too many."""
        channels = self.active_channels
        if len(channels) >= _MOST_CONNECTIONS:
            # Those that nobody is known to use go first, and of these the oldest.
            waiting = [channel for channel in channels.values() if channel.is_waiting]
            if not waiting:
                return
            min(waiting, key=lambda one: (one.is_known, one.last_activity, one.creation_time)).handle_close()
        super().handle_accept()

    def maintenance(self, now: float) -> None:
        """Close connections whose client takes too long, without waiting until it takes that too."""
        for channel in list(self.active_channels.values()):
            if channel.is_overdue(now):
                channel.handle_close()


def create_server(application: RequestBodies, host: str, port: int) -> Any:
    """Return a waitress server that listens. Its `run` serves until the process ends.

    Args:
        application: The application that answers, behind its limits.
        host: The IP address to listen on.
        port: The port to listen on. 0 takes a free one, which is in the server's `effective_port`.

    Raises:
        OSError: It cannot listen on that address and port.
    """
    settings = Adjustments(
        host=host,
        port=port,
        threads=_THREADS,
        ident=None,
        # The parser has limits of its own: to a body that is too large waitress first says "continue".
        max_request_body_size=sys.maxsize,
        asyncore_use_poll=True,
        # By 8 kB, as is its default, a large body costs it more than all that is made of it.
        recv_bytes=2**16,
    )
    dispatcher = ThreadedTaskDispatcher()
    dispatcher.set_thread_count(settings.threads)
    (address,) = settings.listen
    server = _Server(application, {}, dispatcher=dispatcher, adj=settings, sockinfo=address)
    parser = partial(_Parser, bodies=application)
    server.channel_class = type("_ServersChannel", (_Channel,), {"parser_class": staticmethod(parser)})
    return server
