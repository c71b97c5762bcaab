"""An execution of a pipeline, and the state of its steps."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import ClassVar, Self

from local_aws.errors import AwsError
from local_aws.jobs.pipelines.definition import Definition, Step
from local_aws.state.resources import LIVE, JsonObject, Region, Resource

# DescribePipelineExecution and ListPipelineExecutionSteps: FailureReason.
_LONGEST_EXECUTION_REASON, _LONGEST_STEP_REASON = 1300, 1024


@dataclass(kw_only=True)
class StepRun:
    """One step of an execution, from its beginning."""

    name: str
    type: str
    display_name: str | None = None
    description: str | None = None
    status: str = "Starting"
    start_time: float = field(default_factory=time.time)
    end_time: float | None = None
    failure_reason: str | None = None
    metadata: JsonObject = field(default_factory=dict)
    job_name: str | None = None
    """The name of what it makes."""

    @classmethod
    def of(cls, step: Step) -> Self:
        """Return the run of a step that begins now."""
        return cls(
            name=step.name, type=step.type, display_name=step.display_name, description=step.description
        )

    def end(self, status: str, reason: str | None = None) -> None:
        """Enter a final status."""
        self.status = status
        self.failure_reason = reason and reason[:_LONGEST_STEP_REASON]
        self.end_time = time.time()

    def describe(self) -> JsonObject:
        """Return its element of ListPipelineExecutionSteps. Members that are None are to be left out."""
        return {
            "StepName": self.name,
            "StepDisplayName": self.display_name,
            "StepDescription": self.description,
            "StartTime": self.start_time,
            "EndTime": self.end_time,
            "StepStatus": self.status,
            "FailureReason": self.failure_reason,
            "Metadata": self.metadata,
            "AttemptCount": 1,
        }


@dataclass(kw_only=True, eq=False)
class PipelineExecution(Resource):
    """An execution. Its name is its id."""

    KIND: ClassVar[str] = "pipeline-execution"
    pipeline_name: str
    pipeline_arn: str
    definition: str
    """The definition of the pipeline when it began."""
    parameters: dict[str, str | int | float | bool]
    """The values of the pipeline's parameters."""
    parallelism: JsonObject | None
    status: str | None = "Executing"
    steps: list[StepRun] = field(default_factory=list)
    """The steps that have begun, in their order."""
    failure_reason: str | None = None
    queue: ThreadPoolExecutor | None = field(default=None, metadata=LIVE)
    """What runs it."""

    @property
    def is_over(self) -> bool:
        """Whether it has reached a final state."""
        return self.status not in ("Executing", "Stopping")

    def parsed(self) -> Definition:
        """Return its definition."""
        return Definition.parse(self.definition)

    def note_steps(self) -> None:
        """Note that the state of a step has changed."""
        self.steps = self.steps
        self.last_modified_time = time.time()

    def enter(self, status: str, reason: str | None = None) -> None:
        """Enter a status."""
        self.failure_reason = reason and reason[:_LONGEST_EXECUTION_REASON]
        self.status = status
        self.last_modified_time = time.time()

    def describe(self) -> JsonObject:
        """Return the members of DescribePipelineExecution's answer. None stands for no member."""
        return {
            "PipelineArn": self.pipeline_arn,
            "PipelineExecutionArn": self.arn,
            "PipelineExecutionDisplayName": self.request.get(
                "PipelineExecutionDisplayName", f"execution-{self.creation_time * 1000:.0f}"
            ),
            "PipelineExecutionStatus": self.status,
            "PipelineExecutionDescription": self.request.get("PipelineExecutionDescription"),
            "FailureReason": self.failure_reason,
            "CreationTime": self.creation_time,
            "LastModifiedTime": self.last_modified_time,
            "CreatedBy": {},
            "LastModifiedBy": {},
            "ParallelismConfiguration": self.parallelism,
        }


def find_execution(region: Region, arn: str) -> PipelineExecution:
    """Return an execution.

    Raises:
        AwsError: `ResourceNotFound`: there is none.
    """
    found = region.with_arn(arn)
    if not isinstance(found, PipelineExecution):
        raise AwsError("ResourceNotFound", f"Pipeline execution '{arn}' does not exist.")
    return found
