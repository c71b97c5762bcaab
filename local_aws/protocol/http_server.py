"""The HTTP server: waitress, with S3's rules for empty bodies and for the names of metadata."""

import re
from typing import TYPE_CHECKING, Any

import waitress
from moto.core.request import PRESERVED_HEADER_NAMES_ENVIRON_KEY, environ_key_for_header
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.task import WSGITask

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

# The largest object of a single S3 PUT.
_LARGEST_BODY = 5 * 1024**3
_THREADS = 16
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

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.preserved_names: dict[str, str] = {}

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
        return _METADATA_IN_ANSWER.sub(lambda name: name[0].lower(), header)


class _Channel(HTTPChannel):  # type: ignore[misc] # as above
    parser_class = _Parser
    task_class = _Task


def create_server(application: "WSGIApplication", host: str, port: int) -> Any:
    """Return a waitress server that listens. Its `run` serves until the process ends.

    Args:
        application: The application that answers.
        host: The IP address to listen on.
        port: The port to listen on. 0 takes a free one, which is in the server's `effective_port`.

    Raises:
        OSError: It cannot listen on that address and port.
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
