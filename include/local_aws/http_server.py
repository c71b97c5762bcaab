"""The HTTP server: waitress, without its trouble with empty bodies."""

from typing import TYPE_CHECKING, Any

import waitress
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

# The largest object of a single S3 PUT.
_LARGEST_BODY = 5 * 1024**3
_THREADS = 16


class _Parser(HTTPRequestParser):  # type: ignore[misc] # waitress has no types
    """Awaits no body where none is announced.

    boto3 puts an empty S3 object with `Expect: 100-continue` and `Content-Length: 0`; waitress would say
    "continue" and then wait for ever.
    """

    def parse_header(self, header_plus: bytes) -> None:
        """Parses the header of a request."""
        super().parse_header(header_plus)
        if self.content_length == 0 and not self.chunked:
            self.expect_continue = False


class _Channel(HTTPChannel):  # type: ignore[misc] # as above
    parser_class = _Parser


def create_server(application: "WSGIApplication", host: str, port: int) -> Any:
    """Returns a waitress server that listens; `run` serves until the process ends.

    Args:
        application: What answers.
        host: An IP address.
        port: 0 takes a free one, which `effective_port` then tells.

    Raises:
        OSError: It cannot listen there.
    """
    server = waitress.create_server(
        application,
        host=host,
        port=port,
        threads=_THREADS,
        ident=None,
        max_request_body_size=_LARGEST_BODY,
    )
    server.channel_class = _Channel
    return server
