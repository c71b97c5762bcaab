"""A processing job and its state."""

from dataclasses import dataclass
from typing import ClassVar

from local_aws.jobs.job import ContainerJob
from local_aws.state.resources import JsonObject


@dataclass(kw_only=True, eq=False)
class ProcessingJob(ContainerJob):
    """A processing job, its state, and its description."""

    KIND: ClassVar[str] = "processing-job"
    NOUN: ClassVar[str] = "processing job"
    API_NAME: ClassVar[str] = "ProcessingJob"
    exit_message: str | None = None
    """The text that its container left in `output/message`."""

    monitoring_schedule_arn: str | None = None
    """The schedule of which it is an execution."""

    @property
    def inputs(self) -> list[JsonObject]:
        """The S3Input of each of its inputs."""
        return [source["S3Input"] for source in self.request.get("ProcessingInputs", [])]

    @property
    def outputs(self) -> list[JsonObject]:
        """The S3Output of each of its outputs."""
        outputs = self.request.get("ProcessingOutputConfig", {}).get("Outputs", [])
        return [target["S3Output"] for target in outputs]

    def describe(self) -> JsonObject:
        """Return the members of DescribeProcessingJob's answer. Members that are None are to be left out."""
        return {
            "StoppingCondition": {"MaxRuntimeInSeconds": self.longest_run},
            **self.request,
            "ProcessingJobArn": self.arn,
            "ProcessingJobStatus": self.status,
            "MonitoringScheduleArn": self.monitoring_schedule_arn,
            "ExitMessage": self.exit_message,
            "FailureReason": self.failure_reason,
            "CreationTime": self.creation_time,
            "LastModifiedTime": self.last_modified_time,
            "ProcessingStartTime": self.start_time,
            "ProcessingEndTime": self.end_time,
        }
