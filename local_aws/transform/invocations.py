"""Send a transform job's requests to its container, and write refusals to the job's data log."""

from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus

import urllib3

from local_aws.errors import JobFailedError
from local_aws.state.resources import JsonObject

# API reference, ModelClientConfig.
_ANSWER_SECONDS = 600
_MAX_RETRIES = 3


class Invocations:
    """The requests to the `/invocations` of a model's containers.

    Args:
        request: A CreateTransformJob request.
        pools: The connections to each container. Each gets the answer of the one before as its request.
        log: A function that receives each line for the data log.
    """

    def __init__(
        self, request: JsonObject, pools: Sequence[urllib3.HTTPConnectionPool], log: Callable[[str], None]
    ) -> None:
        headers = {
            "Content-Type": request["TransformInput"].get("ContentType"),
            "Accept": request["TransformOutput"].get("Accept"),
        }
        client = request.get("ModelClientConfig", {})
        self._headers = {name: value for name, value in headers.items() if value is not None}
        self._retries = urllib3.Retry(
            client.get("InvocationsMaxRetries", _MAX_RETRIES),
            allowed_methods=None,
            status_forcelist=range(HTTPStatus.INTERNAL_SERVER_ERROR, 600),
            raise_on_status=False,
        )
        self._timeout = client.get("InvocationsTimeoutInSeconds", _ANSWER_SECONDS)
        self._pools = pools
        self._log = log

    def send(self, body: bytes, source: str) -> bytes:
        """Send a request, and return the body of its last answer.

        Args:
            body: The body of the request.
            source: The object that the body comes from, as the log is to name it.

        Raises:
            JobFailedError: There is no answer, or it is an error.
        """
        # What the job asks to accept is for the last container.
        headers = {name: value for name, value in self._headers.items() if name != "Accept"}
        *first, last = self._pools
        for pool in first:
            answer = self._ask(pool, body, headers, source)
            body = answer.data
            headers = {"Content-Type": answer.headers.get("Content-Type", "application/json")}
        return self._ask(last, body, {**self._headers, **headers}, source).data

    def _ask(
        self, pool: urllib3.HTTPConnectionPool, body: bytes, headers: Mapping[str, str], source: str
    ) -> urllib3.BaseHTTPResponse:
        try:
            answer = pool.urlopen(
                "POST",
                "/invocations",
                body=body,
                headers=headers,
                retries=self._retries,
                timeout=self._timeout,
            )
        except urllib3.exceptions.HTTPError as error:
            self._log(f"{source}: Unable to get response from algorithm")
            raise JobFailedError("AlgorithmError: See job logs for more information") from error
        if answer.status < HTTPStatus.BAD_REQUEST:
            return answer
        is_clients = answer.status < HTTPStatus.INTERNAL_SERVER_ERROR
        kind = "ClientError" if is_clients else "AlgorithmError"
        self._log(f"{source}: {kind}: {answer.status}")
        for line in ("", "Message:", *answer.data.decode(errors="replace").splitlines()):
            self._log(f"{source}: {line}")
        raise JobFailedError(f"{kind}: See job logs for more information")
