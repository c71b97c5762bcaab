"""The states of a training job, from Starting to its end."""

import math
import time
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import ClassVar

from include.local_aws.algorithms.registry import Algorithm
from include.local_aws.container import Container
from include.local_aws.resources import LIVE, JsonObject, Resource
from include.local_aws.storage import S3Url

_LONGEST_FAILURE_REASON = 1024
_DAY = 24 * 3600


@dataclass(kw_only=True, eq=False)
class TrainingJob(Resource):
    """A training job, its state, and its description.

    Attributes:
        algorithm: What stands for its image.
        secondary_status: The state within `status`.
        transitions: SecondaryStatusTransitions, as the API shows them.
        container: Its container, while that runs.
        turn: Its place in the queue for a core.
    """

    KIND: ClassVar[str] = "training-job"
    algorithm: Algorithm
    turn: Future[None] = field(init=False, metadata=LIVE)
    status: str | None = "InProgress"
    secondary_status: str = "Starting"
    transitions: list[JsonObject] = field(default_factory=list)
    container: Container | None = field(default=None, metadata=LIVE)
    start_time: float | None = None
    end_time: float | None = None
    failure_reason: str | None = None

    def __post_init__(self) -> None:
        if not self.transitions:
            self.enter("Starting", "Starting the training job")

    @property
    def artifacts(self) -> S3Url:
        """Where its model archive goes. SageMaker tells it from the beginning."""
        base = self.request["OutputDataConfig"]["S3OutputPath"].rstrip("/")
        return S3Url.parse(f"{base}/{self.name}/output/model.tar.gz")

    @property
    def longest_run(self) -> int:
        """Seconds after which it is stopped."""
        seconds: int = self.request.get("StoppingCondition", {}).get("MaxRuntimeInSeconds", _DAY)
        return seconds

    def enter(self, secondary_status: str, message: str) -> None:
        """Goes to the next secondary status."""
        now = time.time()
        if self.transitions:
            self.transitions[-1]["EndTime"] = now
        self.transitions.append({"Status": secondary_status, "StartTime": now, "StatusMessage": message})
        self.secondary_status = secondary_status
        self.last_modified_time = now

    def stop(self) -> None:
        """Asks a running job to stop."""
        self.status = "Stopping"
        self.enter("Stopping", "Stopping the training job")
        if self.container is not None:
            self.container.terminate()

    def end(self, status: str, secondary_status: str, message: str) -> None:
        """Goes to a final state."""
        self.status = status
        self.enter(secondary_status, message)
        self.end_time = self.transitions[-1]["EndTime"] = self.last_modified_time

    def end_stopped(self) -> None:
        """Goes to Stopped, on request."""
        self.end("Stopped", "Stopped", "Training job stopped")

    def fail(self, reason: str) -> None:
        """Goes to Failed."""
        self.failure_reason = reason[:_LONGEST_FAILURE_REASON]
        self.end("Failed", "Failed", "Training job failed")

    def describe(self) -> JsonObject:
        """Returns the members of DescribeTrainingJob's answer; those that are None are to be left out."""
        seconds = None
        if self.start_time is not None and self.end_time is not None:
            seconds = math.ceil(self.end_time - self.start_time)
        return {
            "EnableNetworkIsolation": False,
            "EnableInterContainerTrafficEncryption": False,
            "EnableManagedSpotTraining": False,
            "StoppingCondition": {"MaxRuntimeInSeconds": self.longest_run},
            **self.request,
            "TrainingJobArn": self.arn,
            "TrainingJobStatus": self.status,
            "SecondaryStatus": self.secondary_status,
            "SecondaryStatusTransitions": [dict(transition) for transition in self.transitions],
            "FailureReason": self.failure_reason,
            "ModelArtifacts": {"S3ModelArtifacts": str(self.artifacts)},
            "CreationTime": self.creation_time,
            "LastModifiedTime": self.last_modified_time,
            "TrainingStartTime": self.start_time,
            "TrainingEndTime": self.end_time,
            "TrainingTimeInSeconds": seconds,
            "BillableTimeInSeconds": seconds,
        }
