"""Which bodies of requests are received at all, and how many bytes of them are in memory at a time."""

import threading
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from werkzeug.wrappers import Response

from local_aws.containers.memory import machine_memory
from local_aws.errors import AwsError
from local_aws.protocol.signatures.claim import form_of
from local_aws.protocol.signatures.refusals import as_answer
from local_aws.protocol.signatures.request_headers import SentRequest

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

SMALL = 8 * 1024**2
"""Bytes of a body that is received from anybody: above the largest of SageMaker's, which have 6 MiB."""

# The largest object of a single S3 PUT.
_LARGEST_PUT = 5 * 1024**3
# moto holds a body in memory, and copies it once or twice.
_SHARE_OF_ONE = 8
_SHARE_OF_ALL = 4


class RequestBodies:
    """The limits of bodies, in front of an application.

    Args:
        application: Answers requests.
        admit: Checks the head of a request with a large body; raises AwsError where it is not to be received.
        memory: The bytes of memory of the machine.
    """

    def __init__(
        self,
        application: "WSGIApplication",
        admit: "Callable[[WSGIEnvironment], None]",
        memory: int | None = None,
    ) -> None:
        memory = machine_memory() if memory is None else memory
        self._application = application
        self._admit = admit
        self.largest = min(_LARGEST_PUT, memory // _SHARE_OF_ONE)
        self._most = memory // _SHARE_OF_ALL
        self._lock = threading.Lock()
        self._held = 0

    def refusal(self, environ: "WSGIEnvironment", length: int) -> Response | None:
        """Return the answer to a request whose body is not to be received, or None.

        Args:
            environ: The head of the request.
            length: The bytes of its body, as far as they are known.
        """
        if length <= SMALL:
            return None
        try:
            self._admit(environ)
            self._check_length(length)
        except AwsError as error:
            return as_answer(error, form_of(SentRequest(environ)), environ["REQUEST_METHOD"])
        return None

    def _check_length(self, length: int) -> None:
        if length > self.largest:
            raise AwsError(
                "EntityTooLarge",
                "Your proposed upload exceeds the maximum allowed size. Local AWS takes at most "
                f"{self.largest} bytes in one request on this machine, whose memory holds them: upload "
                "larger objects in parts.",
            )

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request, or refuse it while too much is in memory."""
        length = int(environ.get("CONTENT_LENGTH") or 0)
        if length <= SMALL:
            return self._application(environ, start_response)
        with self._lock:
            is_too_much = self._held + length > self._most
            self._held += 0 if is_too_much else length
        if is_too_much:
            slow_down = AwsError("SlowDown", "Please reduce your request rate.", 503)
            return as_answer(slow_down, form_of(SentRequest(environ)))(environ, start_response)
        try:
            return self._application(environ, start_response)
        finally:
            with self._lock:
                self._held -= length
