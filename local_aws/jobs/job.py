"""The state of a job of any kind, from InProgress to the end."""

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from local_aws.containers.container import Container
from local_aws.errors import AwsError, ResourceInUseError, ValidationError
from local_aws.state.resources import LIVE, JsonObject, Resource

Phase = Literal[
    "Starting",
    "Downloading",
    "Running",
    "Interrupted",
    "Uploading",
    "Stopping",
    "Stopped",
    "MaxRuntimeExceeded",
    "MaxWaitTimeExceeded",
    "Completed",
    "Failed",
]
# The status that a phase sets. The other phases leave the status as it is: InProgress or Stopping.
_STATUSES: Mapping[Phase, str] = {
    "Stopping": "Stopping",
    "Stopped": "Stopped",
    "MaxRuntimeExceeded": "Stopped",
    "MaxWaitTimeExceeded": "Stopped",
    "Completed": "Completed",
    "Failed": "Failed",
}
_LONGEST_FAILURE_REASON = 1024
_DAY = 24 * 3600


@dataclass(kw_only=True, eq=False)
class Job(Resource, ABC):
    """A job of any kind."""

    NOUN: ClassVar[str]
    """Its name in AWS's messages."""
    API_NAME: ClassVar[str]
    """Its name in the API's operations and members."""
    status: str | None = "InProgress"
    start_time: float | None = None
    end_time: float | None = None
    failure_reason: str | None = None
    when_over: Callable[[], None] = field(default=lambda: None, metadata=LIVE)
    """A function that is called once it is over. The region's lock is held."""

    @classmethod
    def taken(cls, name: str, arn: str) -> AwsError:  # noqa: ARG003 - a kind's own text may tell the name
        """Return the error for a name that another job has."""
        return ResourceInUseError(
            f"Job name must be unique within an AWS account and region, and a job with this name already "
            f"exists ({arn})"
        )

    @classmethod
    def absent(cls, name: str) -> AwsError:
        """Return the error for a name that no job has."""
        return ValidationError(f"Could not find requested job with name: {name}")

    @property
    def is_over(self) -> bool:
        """Whether it has reached a final state."""
        return self.end_time is not None

    def enter(self, phase: Phase) -> None:
        """Enter a phase."""
        self.last_modified_time = time.time()
        self.status = _STATUSES.get(phase, self.status)
        if phase == "Downloading" and self.start_time is None:
            self.start_time = self.last_modified_time
        if self.status not in ("InProgress", "Stopping"):
            self.end_time = self.last_modified_time
            self.when_over()

    def fail(self, reason: str) -> None:
        """Enter the phase Failed."""
        self.failure_reason = reason[:_LONGEST_FAILURE_REASON]
        self.enter("Failed")

    @abstractmethod
    def stop(self) -> None:
        """Ask a running job to stop."""

    @abstractmethod
    def describe(self) -> JsonObject:
        """Return the members of the Describe answer. Members that are None are to be left out."""


@dataclass(kw_only=True, eq=False)
class ContainerJob(Job):
    """A job that runs a container."""

    turn: Future[None] = field(init=False, metadata=LIVE)
    """Its place in the queue for a core."""
    container: Container | None = field(default=None, metadata=LIVE)
    """Its container, while the container runs."""

    @property
    def longest_run(self) -> int:
        """The seconds after which it is stopped."""
        seconds: int = self.request.get("StoppingCondition", {}).get("MaxRuntimeInSeconds", _DAY)
        return seconds

    def stop(self) -> None:
        """Ask a running job to stop: by SIGTERM, and by SIGKILL after SageMaker's grace period."""
        self.enter("Stopping")
        if self.container is not None:
            self.container.terminate()
        if self.turn.cancel():
            self.enter("Stopped")
