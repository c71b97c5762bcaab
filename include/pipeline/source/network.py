"""Connections to web servers: to the very address that was judged, and within a deadline."""

import socket
import ssl
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias

import httpcore

Resolve: TypeAlias = Callable[[str, int], Sequence[str]]
_SocketOptions: TypeAlias = Iterable[Any] | None


class Deadline:
    """The moment until which all steps of a download have to be done, its further tries included."""

    def __init__(self, seconds: float) -> None:
        """Begin to count."""
        self._seconds = seconds
        self._end = time.monotonic() + seconds

    def limit(self, timeout: float | None) -> float:
        """Return how long one step may take.

        Args:
            timeout: What a step may take at most, in seconds.

        Raises:
            httpcore.TimeoutException: There is no time left.
        """
        left = self._end - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout(f"the {self._seconds:g} s for all of it are over")
        return left if timeout is None else min(left, timeout)


def look_up(host: str, port: int) -> list[str]:
    """Ask for the addresses of a host, each once, in the order to try them in.

    Raises:
        httpcore.ConnectError: It has none, or nobody can tell.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise httpcore.ConnectError(str(error)) from error
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class TimedBackend(httpcore.NetworkBackend):
    """Makes the connections of one request."""

    def __init__(self, deadline: Deadline, resolve: Resolve) -> None:
        """Take what limits each step.

        Args:
            deadline: Of the download.
            resolve: Gives the addresses to connect to, the next one where one does not answer. What it gives
                is not looked up again; what it raises ends the request.
        """
        self._deadline = deadline
        self._resolve = resolve
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: _SocketOptions = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address that answers."""
        fault: Exception = httpcore.ConnectError("it has no address")
        for address in self._resolve(host, port):
            limit = self._deadline.limit(timeout)
            try:
                stream = self._sockets.connect_tcp(address, port, limit, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                fault = error
            else:
                return _TimedStream(stream, self._deadline)
        raise fault


class _TimedStream(httpcore.NetworkStream):
    """A connection each of whose steps ends at the deadline."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.limit(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.limit(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        limit = self._deadline.limit(timeout)
        return _TimedStream(self._stream.start_tls(ssl_context, server_hostname, limit), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
