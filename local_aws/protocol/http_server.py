"""The HTTP server: waitress, taught what S3 asks of empty bodies and of the names of metadata."""

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
    """Awaits no body where none is announced, and keeps S3 metadata with underscores in its names.

    boto3 puts an empty S3 object with `Expect: 100-continue` and `Content-Length: 0`; waitress would say
    "continue" and then wait for ever. Headers with underscores it drops, because WSGI cannot tell them from
    dashes; moto can, with the names beside them.
    """

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.preserved_names: dict[str, str] = {}

    def parse_header(self, header_plus: bytes) -> None:
        """Parses the header of a request."""
        super().parse_header(header_plus)
        if self.content_length == 0 and not self.chunked:
            self.expect_continue = False
        for name, value in _METADATA_WITH_UNDERSCORE.findall(header_plus):
            variable = environ_key_for_header(name.decode("latin-1"))
            header = variable.removeprefix("HTTP_")
            # One with dashes is not to be replaced.
            if header not in self.headers:
                self.headers[header] = value.decode("latin-1")
                self.preserved_names[variable] = name.decode("latin-1")


class _Task(WSGITask):  # type: ignore[misc] # as above
    """Tells moto the names of metadata, and callers in lower case, as S3 does."""

    def get_environment(self) -> "WSGIEnvironment":
        """Returns the WSGI environment of the request."""
        environ: WSGIEnvironment = super().get_environment()
        environ[PRESERVED_HEADER_NAMES_ENVIRON_KEY] = self.request.preserved_names
        return environ

    def build_response_header(self) -> bytes:
        """Returns the header of the answer, whose names waitress capitalizes."""
        header: bytes = super().build_response_header()
        return _METADATA_IN_ANSWER.sub(lambda name: name[0].lower(), header)


class _Channel(HTTPChannel):  # type: ignore[misc] # as above
    parser_class = _Parser
    task_class = _Task


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
