"""A transform job and its state."""

from dataclasses import dataclass, field
from typing import ClassVar

from local_aws.jobs.job import ContainerJob
from local_aws.state.resources import JsonObject


@dataclass(kw_only=True, eq=False)
class TransformJob(ContainerJob):
    """A transform job, its state, and its description."""

    KIND: ClassVar[str] = "transform-job"
    NOUN: ClassVar[str] = "transform job"
    API_NAME: ClassVar[str] = "TransformJob"
    definition: JsonObject
    """The first container definition of its model. Deleting the model later changes nothing."""
    next_definitions: list[JsonObject] = field(default_factory=list)
    """The others, where the model is an inference pipeline."""
    container_names: list[str] = field(default_factory=list)
    """The names of the pipeline's containers in logs."""

    @property
    def source(self) -> JsonObject:
        """The S3DataSource of its input."""
        source: JsonObject = self.request["TransformInput"]["DataSource"]["S3DataSource"]
        return source

    @property
    def _shown(self) -> JsonObject:
        """The parts of its request in which AWS shows members whether or not they were given."""
        source = {"CompressionType": "None", "SplitType": "None"}
        target = {"AssembleWith": "None", "KmsKeyId": ""}
        processing = {"InputFilter": "$", "OutputFilter": "$", "JoinSource": "None"}
        return {
            "TransformInput": {**source, **self.request["TransformInput"]},
            "TransformOutput": {**target, **self.request["TransformOutput"]},
            "DataProcessing": {**processing, **self.request.get("DataProcessing", {})},
        }

    def describe(self) -> JsonObject:
        """Return the members of DescribeTransformJob's answer. Members that are None are to be left out."""
        return {
            **self.request,
            **self._shown,
            "TransformJobArn": self.arn,
            "TransformJobStatus": self.status,
            "FailureReason": self.failure_reason,
            "CreationTime": self.creation_time,
            "LastModifiedTime": self.last_modified_time,
            "TransformStartTime": self.start_time,
            "TransformEndTime": self.end_time,
        }
