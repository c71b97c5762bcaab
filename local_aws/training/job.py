"""A training job and its state."""

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from local_aws.algorithms.registry import Algorithm, logged_metrics_of
from local_aws.errors import AwsError, ResourceInUseError, ValidationError
from local_aws.jobs.job import ContainerJob, Phase
from local_aws.state.resources import LIVE, JsonObject
from local_aws.storage.objects import S3Url

# The SecondaryStatus of each phase, and its message.
_STEPS: Mapping[Phase, tuple[str, str]] = {
    "Starting": ("Starting", "Starting the training job"),
    "Downloading": ("Downloading", "Downloading input data"),
    "Running": ("Training", "Training image download completed. Training in progress."),
    "Interrupted": ("Interrupted", "Training job interrupted. Waiting for Spot capacity"),
    "Uploading": ("Uploading", "Uploading generated training model"),
    "Stopping": ("Stopping", "Stopping the training job"),
    "Stopped": ("Stopped", "Training job stopped"),
    "MaxRuntimeExceeded": (
        "MaxRuntimeExceeded",
        "Training job runtime exceeded MaxRuntimeInSeconds provided",
    ),
    "MaxWaitTimeExceeded": (
        "MaxWaitTimeExceeded",
        "Training job wait time exceeded MaxWaitTimeInSeconds provided",
    ),
    "Completed": ("Completed", "Training job completed"),
    "Failed": ("Failed", "Training job failed"),
}


@dataclass(kw_only=True, eq=False)
class TrainingJob(ContainerJob):
    """A training job, its state, and its description."""

    KIND: ClassVar[str] = "training-job"
    NOUN: ClassVar[str] = "training job"
    API_NAME: ClassVar[str] = "TrainingJob"
    algorithm: Algorithm
    """The algorithm that stands for its image."""
    secondary_status: str = field(init=False)
    """The state within `status`."""
    transitions: list[JsonObject] = field(default_factory=list)
    """Its SecondaryStatusTransitions, as the API shows them."""
    final_metrics: dict[str, JsonObject] = field(default_factory=dict)
    """The entries of FinalMetricDataList by metric: the last value of each in the log."""
    when_measured: Callable[[str, float], None] = field(default=lambda _name, _value: None, metadata=LIVE)
    """A function that gets each metric in the log, by name and value, without the region's lock."""
    interrupted_seconds: float = 0.0
    """How long it had no instance, after it had begun."""

    def __post_init__(self) -> None:
        if not self.transitions:
            self.enter("Starting")

    @classmethod
    def taken(cls, name: str, arn: str) -> AwsError:  # noqa: ARG003 - another kind's text tells the name
        """Return the error for a name that another job has."""
        return ResourceInUseError(
            "Training job names must be unique within an AWS account and region, and a training job with "
            f"this name already exists ({arn})"
        )

    @classmethod
    def absent(cls, name: str) -> AwsError:  # noqa: ARG003 - as above
        """Return the error for a name that no job has."""
        return ValidationError("Requested resource not found.")

    @property
    def artifacts(self) -> S3Url:
        """The URL of its model archive. As on AWS, it is known from the beginning.

        Where CompressionType is NONE, it is the prefix of the model's files, and ends with a slash.
        """
        base = self.request["OutputDataConfig"]["S3OutputPath"].rstrip("/")
        name = "model.tar.gz" if self.is_compressed else "model/"
        return S3Url.parse(f"{base}/{self.name}/output/{name}")

    @property
    def is_compressed(self) -> bool:
        """Whether its model is stored as an archive."""
        kind: str = self.request["OutputDataConfig"].get("CompressionType", "GZIP")
        return kind == "GZIP"

    def enter(self, phase: Phase) -> None:
        """Enter a phase, and the secondary status that belongs to it."""
        super().enter(phase)
        now = self.last_modified_time
        if self.transitions:
            self.transitions[-1]["EndTime"] = now
        self.secondary_status, message = _STEPS[phase]
        self.transitions.append({"Status": self.secondary_status, "StartTime": now, "StatusMessage": message})
        if self.is_over:
            self.transitions[-1]["EndTime"] = now

    def take_metrics(self, line: str) -> None:
        """Take the metrics from a log line."""
        for metric in logged_metrics_of(self.algorithm):
            if found := metric.regex.match(line):
                self.final_metrics[metric.name] = {
                    "MetricName": metric.name,
                    "Value": float(found[1]),
                    "Timestamp": time.time(),
                }
                self.when_measured(metric.name, float(found[1]))

    @property
    def warm_pool(self) -> JsonObject | None:
        """Its WarmPoolStatus, which says that no instance is kept: local AWS has none."""
        asked = self.request["ResourceConfig"].get("KeepAlivePeriodInSeconds")
        if not asked or not self.is_over:
            return None
        return {"Status": "Terminated", "ResourceRetainedBillableTimeInSeconds": 0}

    @property
    def _specification(self) -> JsonObject:
        """Its AlgorithmSpecification, with the metric definitions of the algorithm."""
        definitions = [
            {"Name": metric.name, "Regex": metric.regex.pattern}
            for metric in logged_metrics_of(self.algorithm)
        ]
        specification: JsonObject = self.request["AlgorithmSpecification"]
        return {**specification, "MetricDefinitions": definitions or None}

    @property
    def _channels(self) -> list[JsonObject] | None:
        """Its InputDataConfig, with the members that AWS shows whether or not they were given."""
        shown = {"CompressionType": "None", "RecordWrapperType": "None"}
        return [{**shown, **channel} for channel in self.request.get("InputDataConfig", [])] or None

    def describe(self) -> JsonObject:
        """Return the members of DescribeTrainingJob's answer. Members that are None are to be left out."""
        seconds = None
        if self.start_time is not None and self.end_time is not None:
            # Nothing trains meanwhile, and nothing is billed: what spot saves on AWS is its price, not this.
            seconds = max(1, math.ceil(self.end_time - self.start_time - self.interrupted_seconds))
        return {
            "EnableNetworkIsolation": False,
            "EnableInterContainerTrafficEncryption": False,
            "EnableManagedSpotTraining": False,
            "StoppingCondition": {"MaxRuntimeInSeconds": self.longest_run},
            **self.request,
            "AlgorithmSpecification": self._specification,
            "InputDataConfig": self._channels,
            "OutputDataConfig": {
                "KmsKeyId": "",
                "CompressionType": "GZIP",
                **self.request["OutputDataConfig"],
            },
            "TrainingJobArn": self.arn,
            "TrainingJobStatus": self.status,
            "SecondaryStatus": self.secondary_status,
            "SecondaryStatusTransitions": [dict(transition) for transition in self.transitions],
            "FailureReason": self.failure_reason,
            "ModelArtifacts": {"S3ModelArtifacts": str(self.artifacts)},
            "FinalMetricDataList": list(self.final_metrics.values()) or None,
            "CreationTime": self.creation_time,
            "LastModifiedTime": self.last_modified_time,
            "TrainingStartTime": self.start_time,
            "TrainingEndTime": self.end_time,
            "WarmPoolStatus": self.warm_pool,
            "TrainingTimeInSeconds": seconds,
            "BillableTimeInSeconds": seconds,
        }
