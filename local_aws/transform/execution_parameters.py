"""How a transform job sends its requests: as the caller asks, or else the container, or else by default."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Literal, Self

import urllib3

from local_aws.state.resources import JsonObject

# API reference, CreateTransformJob; for the strategy "How Containers Serve Requests" for batch transform.
_DEFAULTS: JsonObject = {"MaxConcurrentTransforms": 1, "MaxPayloadInMB": 6, "BatchStrategy": "MULTI_RECORD"}
# The spelling of the API, and that of containers and logs.
_STRATEGIES = {"MultiRecord": "MULTI_RECORD", "SingleRecord": "SINGLE_RECORD"}
_SECONDS = 60


@dataclass(frozen=True)
class ExecutionParameters:
    """The three parameters that a container may choose."""

    max_concurrent: int
    """The largest number of requests at once."""
    max_payload_mb: int
    """The largest body of a request, in megabytes. 0 where there is no limit."""
    strategy: Literal["MULTI_RECORD", "SINGLE_RECORD"]
    """Whether a request holds as many records as fit, or one."""

    @classmethod
    def of(cls, request: JsonObject, pool: urllib3.HTTPConnectionPool) -> Self:
        """Find the parameters for a CreateTransformJob request.

        Args:
            request: The request, whose own members take precedence.
            pool: The connections to the container, whose `/execution-parameters` come next if it has them.

        Raises:
            urllib3.exceptions.HTTPError: The container does not answer.
            ValueError: The container's answer is not JSON.
        """
        answer = pool.urlopen("GET", "/execution-parameters", retries=False, timeout=_SECONDS)
        offered = answer.json() if answer.status == HTTPStatus.OK else {}
        asked = {name: request[name] for name in _DEFAULTS if name in request}
        if "BatchStrategy" in asked:
            asked["BatchStrategy"] = _STRATEGIES[asked["BatchStrategy"]]
        if asked.get("MaxConcurrentTransforms") == 0:
            # The same as its absence: SageMaker chooses the number.
            del asked["MaxConcurrentTransforms"]
        settled = {**_DEFAULTS, **offered, **asked}
        return cls(settled["MaxConcurrentTransforms"], settled["MaxPayloadInMB"], settled["BatchStrategy"])

    def __str__(self) -> str:
        return (
            f"MaxConcurrentTransforms={self.max_concurrent}, MaxPayloadInMB={self.max_payload_mb}, "
            f"BatchStrategy={self.strategy}"
        )
