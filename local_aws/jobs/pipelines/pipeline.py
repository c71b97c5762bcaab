"""A pipeline: a definition under a name."""

from dataclasses import dataclass
from typing import ClassVar

from local_aws.errors import AwsError
from local_aws.state.resources import JsonObject, Region, Resource


@dataclass(kw_only=True, eq=False)
class Pipeline(Resource):
    """A pipeline. Its request has the definition itself, wherever that was read."""

    KIND: ClassVar[str] = "pipeline"
    status: str | None = "Active"
    last_execution_time: float | None = None

    def describe(self) -> JsonObject:
        """Return the members of DescribePipeline's answer. Members that are None are to be left out."""
        return {
            "PipelineDisplayName": self.name,
            **self.request,
            "PipelineArn": self.arn,
            "PipelineStatus": self.status,
            "CreationTime": self.creation_time,
            "LastModifiedTime": self.last_modified_time,
            "LastRunTime": self.last_execution_time,
            "LastExecutionTime": self.last_execution_time,
            "CreatedBy": {},
            "LastModifiedBy": {},
        }


def find_pipeline(region: Region, name: str) -> Pipeline:
    """Return a pipeline.

    Args:
        region: The region that it is in.
        name: Its name or its ARN.

    Raises:
        AwsError: `ResourceNotFound`: there is none.
    """
    arn = name if name.startswith("arn:") else region.arn(Pipeline, name)
    found = region.with_arn(arn)
    if not isinstance(found, Pipeline):
        raise AwsError("ResourceNotFound", f"Pipeline '{arn}' does not exist.")
    return found
