"""HTTP as no library would send it."""

import socket
from urllib.parse import urlsplit


def raw_status(url: str, header: str) -> int:
    """Sends a request without a body on a connection of its own.

    Args:
        url: Where to connect to.
        header: The request line and header lines, each with its CRLF.

    Returns:
        The status of the answer.
    """
    parts = urlsplit(url)
    assert parts.hostname is not None
    assert parts.port is not None
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as connection:
        connection.sendall(f"{header}Content-Length: 0\r\nConnection: close\r\n\r\n".encode())
        with connection.makefile("rb") as answer:
            return int(answer.readline().split()[1])
