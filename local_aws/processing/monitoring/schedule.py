"""A monitoring schedule and its state."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import ClassVar

from local_aws.errors import AwsError
from local_aws.processing.monitoring.definition import DEFINITIONS, find_definition
from local_aws.processing.monitoring.execution import MonitoringExecution
from local_aws.processing.monitoring.plan import DATA_QUALITY, MonitoringPlan
from local_aws.processing.monitoring.window import Timing
from local_aws.state.resources import LIVE, JsonObject, Region, Resource


@dataclass(kw_only=True, eq=False)
class MonitoringSchedule(Resource):
    """A monitoring schedule. Its request is that of Create, with what Update has changed."""

    KIND: ClassVar[str] = "monitoring-schedule"
    endpoint_name: str
    status: str | None = "Pending"
    failure_reason: str | None = None
    waiting: object = field(default=None, metadata=LIVE)
    """The run that waits for its next time. Another in its place ends the wait."""
    queue: ThreadPoolExecutor | None = field(default=None, metadata=LIVE)
    """The thread in which it waits."""

    @property
    def config(self) -> JsonObject:
        """Its MonitoringScheduleConfig."""
        config: JsonObject = self.request["MonitoringScheduleConfig"]
        return config

    @property
    def monitoring_type(self) -> str:
        """Its MonitoringType. One that has its job in itself may leave it out."""
        return str(self.config.get("MonitoringType", DATA_QUALITY))

    def plan(self, region: Region) -> MonitoringPlan:
        """Return what its jobs do.

        Raises:
            AwsError: Its job definition is gone.
        """
        if "MonitoringJobDefinition" in self.config:
            return MonitoringPlan.of_schedule(self.config["MonitoringJobDefinition"])
        kind = DEFINITIONS[self.monitoring_type]
        return find_definition(region, kind, self.config["MonitoringJobDefinitionName"]).plan

    def timing(self, plan: MonitoringPlan) -> Timing:
        """Return when it runs, and on which data."""
        return Timing.of(self.config.get("ScheduleConfig", {}), plan.endpoint)

    def enter(self, status: str) -> None:
        """Enter a status."""
        self.status = status
        self.last_modified_time = time.time()

    def fail(self, reason: str) -> None:
        """Enter the status Failed."""
        self.failure_reason = reason
        self.enter("Failed")

    def summary(self) -> JsonObject:
        """Return a MonitoringScheduleSummary."""
        return {
            "MonitoringScheduleName": self.name,
            "MonitoringScheduleArn": self.arn,
            "MonitoringScheduleStatus": self.status,
            "MonitoringType": self.monitoring_type,
            "MonitoringJobDefinitionName": self.config.get("MonitoringJobDefinitionName"),
            "EndpointName": self.endpoint_name,
            "CreationTime": self.creation_time,
            "LastModifiedTime": self.last_modified_time,
        }

    def describe(self, last: MonitoringExecution | None) -> JsonObject:
        """Return the members of DescribeMonitoringSchedule's answer.

        Args:
            last: Its last execution.
        """
        return {
            **self.summary(),
            "MonitoringScheduleConfig": self.config,
            "FailureReason": self.failure_reason if self.status == "Failed" else None,
            "LastMonitoringExecutionSummary": last.summary() if last else None,
        }


def find_schedule(region: Region, name: str) -> MonitoringSchedule:
    """Return a schedule.

    Raises:
        AwsError: There is none.
    """
    if name not in region.of(MonitoringSchedule):
        arn = region.arn(MonitoringSchedule, name)
        raise AwsError("ResourceNotFound", f"Monitoring Schedule {arn} not found")
    return region.of(MonitoringSchedule)[name]
