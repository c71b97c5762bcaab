"""Job definitions, which monitoring schedules name."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from local_aws.errors import AwsError
from local_aws.processing.monitoring.plan import DATA_QUALITY, MODEL_QUALITY, MonitoringPlan
from local_aws.state.resources import JsonObject, Region, Resource


@dataclass(kw_only=True, eq=False)
class JobDefinition(Resource):
    """A job definition of any type."""

    TYPE: ClassVar[str]
    """Its MonitoringType."""

    @property
    def plan(self) -> MonitoringPlan:
        """What a job of it does."""
        return MonitoringPlan.of_definition(self.TYPE, self.request)

    def describe(self) -> JsonObject:
        """Return the members of the Describe answer."""
        return {**self.request, "JobDefinitionArn": self.arn, "CreationTime": self.creation_time}

    def summary(self) -> JsonObject:
        """Return a MonitoringJobDefinitionSummary."""
        return {
            "MonitoringJobDefinitionName": self.name,
            "MonitoringJobDefinitionArn": self.arn,
            "CreationTime": self.creation_time,
            "EndpointName": self.plan.endpoint_name,
        }


@dataclass(kw_only=True, eq=False)
class DataQualityJobDefinition(JobDefinition):
    """A definition of jobs that analyze what an endpoint is asked and answers."""

    KIND: ClassVar[str] = "data-quality-job-definition"
    TYPE: ClassVar[str] = DATA_QUALITY


@dataclass(kw_only=True, eq=False)
class ModelQualityJobDefinition(JobDefinition):
    """A definition of jobs that hold what an endpoint answers against ground truth."""

    KIND: ClassVar[str] = "model-quality-job-definition"
    TYPE: ClassVar[str] = MODEL_QUALITY


DEFINITIONS: Mapping[str, type[JobDefinition]] = {
    kind.TYPE: kind for kind in (DataQualityJobDefinition, ModelQualityJobDefinition)
}
"""The kinds of definitions, by MonitoringType."""


def find_definition(region: Region, kind: type[JobDefinition], name: str) -> JobDefinition:
    """Return a job definition.

    Raises:
        AwsError: There is none.
    """
    if name not in region.of(kind):
        raise AwsError("ResourceNotFound", f"Job definition {name} not found")
    return region.of(kind)[name]
