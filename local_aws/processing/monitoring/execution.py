"""An execution of a monitoring schedule."""

import time
from dataclasses import dataclass
from typing import ClassVar

from local_aws.processing.job import ProcessingJob
from local_aws.state.resources import JsonObject, Resource

_WITH_VIOLATIONS = "CompletedWithViolations"


@dataclass(kw_only=True, eq=False)
class MonitoringExecution(Resource):
    """An execution. It outlives its schedule, as AWS keeps it; it has no ARN that an answer tells."""

    KIND: ClassVar[str] = "monitoring-execution"
    status: str | None = "Pending"
    schedule_name: str
    monitoring_type: str
    definition_name: str | None
    endpoint_name: str
    scheduled_time: float
    job_name: str | None = None
    """Its processing job. None where there was nothing to process."""
    job_arn: str | None = None
    failure_reason: str | None = None

    @property
    def is_over(self) -> bool:
        """Whether it has reached a final state."""
        return self.status not in ("Pending", "InProgress", "Stopping")

    def begin(self, job: ProcessingJob) -> None:
        """Become what its job is."""
        self.job_name, self.job_arn = job.name, job.arn
        self._enter("InProgress")

    def end_with(self, job: ProcessingJob) -> None:
        """Take over how its job has ended."""
        self.failure_reason = job.failure_reason
        found_any = (job.exit_message or "").startswith(_WITH_VIOLATIONS)
        self._enter(_WITH_VIOLATIONS if job.status == "Completed" and found_any else str(job.status))

    def fail(self, reason: str) -> None:
        """End without a job."""
        self.failure_reason = reason
        self._enter("Failed")

    def _enter(self, status: str) -> None:
        self.status = status
        self.last_modified_time = time.time()

    def summary(self) -> JsonObject:
        """Return a MonitoringExecutionSummary."""
        return {
            "MonitoringScheduleName": self.schedule_name,
            "ScheduledTime": self.scheduled_time,
            "CreationTime": self.creation_time,
            "LastModifiedTime": self.last_modified_time,
            "MonitoringExecutionStatus": self.status,
            "ProcessingJobArn": self.job_arn,
            "EndpointName": self.endpoint_name,
            "FailureReason": self.failure_reason,
            "MonitoringJobDefinitionName": self.definition_name,
            "MonitoringType": self.monitoring_type,
        }
