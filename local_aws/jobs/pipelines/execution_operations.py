"""StartPipelineExecution, StopPipelineExecution, and what describes and lists executions and their steps."""

import secrets
import string
import time
from collections.abc import Callable
from typing import Any

from local_aws.errors import ValidationError
from local_aws.jobs.pipelines.definition import Definition, Parameter
from local_aws.jobs.pipelines.execution import PipelineExecution, find_execution
from local_aws.jobs.pipelines.pipeline import find_pipeline
from local_aws.jobs.pipelines.run import PipelineRun
from local_aws.jobs.pipelines.steps import Call, check_steps
from local_aws.protocol.listing import page_of, part_of
from local_aws.state.resources import JsonObject, Region

_ID_LENGTH = 12
_TYPES: dict[str, Callable[[str], Any]] = {
    "String": str,
    "Integer": int,
    "Float": float,
    "Boolean": lambda text: {"true": True, "false": False}[text.lower()],
}


def _value_of(parameter: Parameter, given: dict[str, str]) -> str | int | float | bool:
    text = given.get(parameter.name)
    if text is None:
        if parameter.default_value is None:
            raise ValidationError(f"Parameter {parameter.name} has no default value, and none is given.")
        return parameter.default_value
    try:
        value: str | int | float | bool = _TYPES[parameter.type](text)
    except (ValueError, KeyError) as error:
        raise ValidationError(
            f"Parameter {parameter.name}: {text} is not of type {parameter.type}."
        ) from error
    if parameter.enum_values is not None and value not in parameter.enum_values:
        allowed = ", ".join(map(str, parameter.enum_values))
        raise ValidationError(f"Parameter {parameter.name}: {text} is none of {allowed}.")
    return value


def _values(definition: Definition, request: JsonObject) -> dict[str, str | int | float | bool]:
    given = {one["Name"]: one["Value"] for one in request.get("PipelineParameters", [])}
    known = {parameter.name: parameter for parameter in definition.parameters}
    if unknown := sorted(given.keys() - known.keys()):
        raise ValidationError(f"The pipeline has no parameter {', '.join(unknown)}.")
    return {name: _value_of(parameter, given) for name, parameter in known.items()}


def start_pipeline_execution(region: Region, request: JsonObject, call: Call) -> JsonObject:
    """Begin an execution, after checks of its parameters and steps."""
    pipeline = find_pipeline(region, request["PipelineName"])
    for known in region.of(PipelineExecution).values():
        # A request that is sent once more begins nothing more.
        is_own = known.pipeline_arn == pipeline.arn
        if is_own and known.request["ClientRequestToken"] == request["ClientRequestToken"]:
            return {"PipelineExecutionArn": known.arn}
    text = pipeline.request["PipelineDefinition"]
    definition = Definition.parse(text)
    check_steps(definition)
    letters = string.ascii_lowercase + string.digits
    name = "".join(secrets.choice(letters) for _ in range(_ID_LENGTH))
    execution = PipelineExecution(
        name=name,
        arn=f"{pipeline.arn}/execution/{name}",
        request=request,
        tags={},
        pipeline_name=pipeline.name,
        pipeline_arn=pipeline.arn,
        definition=text,
        parameters=_values(definition, request),
        parallelism=request.get("ParallelismConfiguration", pipeline.request.get("ParallelismConfiguration")),
    )
    region.of(PipelineExecution)[name] = execution
    pipeline.last_execution_time = time.time()
    execution.queue = region.background.queue(1)
    region.background.run_queued(execution.queue, PipelineRun(region, execution, call))
    return {"PipelineExecutionArn": execution.arn}


def stop_pipeline_execution(region: Region, request: JsonObject) -> JsonObject:
    """Ask an execution to stop: its jobs are stopped, and nothing more begins."""
    execution = find_execution(region, request["PipelineExecutionArn"])
    if execution.status != "Executing":
        # Airflow's hook looks for these words (hooks/sagemaker.py of its Amazon provider, stop_pipeline).
        raise ValidationError(
            f"Pipeline execution with ARN {execution.arn} has the status {execution.status}. Only pipelines "
            "with 'Executing' status can be stopped."
        )
    execution.enter("Stopping")
    return {"PipelineExecutionArn": execution.arn}


def describe_pipeline_execution(region: Region, request: JsonObject) -> JsonObject:
    """Describe an execution."""
    return find_execution(region, request["PipelineExecutionArn"]).describe()


def describe_pipeline_definition_for_execution(region: Region, request: JsonObject) -> JsonObject:
    """Tell the definition that an execution began with."""
    execution = find_execution(region, request["PipelineExecutionArn"])
    return {"PipelineDefinition": execution.definition, "CreationTime": execution.creation_time}


def list_pipeline_executions(region: Region, request: JsonObject) -> JsonObject:
    """List the executions of a pipeline, the newest first."""
    pipeline = find_pipeline(region, request["PipelineName"])
    # All ARNs of a pipeline's executions differ in their ends alone, which are the names.
    by_name = request.get("SortBy") == "PipelineExecutionArn"
    page, token = page_of(
        [one for one in region.of(PipelineExecution).values() if one.pipeline_arn == pipeline.arn],
        request | {"SortBy": "Name" if by_name else "CreationTime"},
        "Descending",
        wanted=lambda one: (
            request.get("CreatedAfter", 0) <= one.creation_time
            and one.creation_time <= request.get("CreatedBefore", one.creation_time)
        ),
    )
    summaries = [
        {
            **one.describe(),
            "StartTime": one.creation_time,
            "PipelineExecutionFailureReason": one.failure_reason,
        }
        for one in page
    ]
    return {"PipelineExecutionSummaries": summaries, "NextToken": token}


def list_pipeline_execution_steps(region: Region, request: JsonObject) -> JsonObject:
    """List the steps of an execution that have begun, the last first."""
    if "PipelineExecutionArn" not in request:
        raise ValidationError("PipelineExecutionArn is required.")
    steps = [run.describe() for run in find_execution(region, request["PipelineExecutionArn"]).steps]
    if request.get("SortOrder", "Descending") == "Descending":
        steps.reverse()
    page, token = part_of(steps, request)
    return {"PipelineExecutionSteps": page, "NextToken": token}


def list_pipeline_parameters_for_execution(region: Region, request: JsonObject) -> JsonObject:
    """List the values of an execution's parameters."""
    values = find_execution(region, request["PipelineExecutionArn"]).parameters
    page, token = part_of([{"Name": name, "Value": str(value)} for name, value in values.items()], request)
    return {"PipelineParameters": page, "NextToken": token}


def resume(region: Region) -> None:
    """Fail the executions that ran before a restart: their jobs are lost."""
    for execution in region.of(PipelineExecution).values():
        if not execution.is_over:
            for run in execution.steps:
                if run.end_time is None:
                    run.end("Failed", "InternalServerError: local AWS ended while the step ran.")
            execution.note_steps()
            execution.enter("Failed", "InternalServerError: local AWS ended while the execution ran.")


def operations(call: Call) -> dict[str, Callable[[Region, JsonObject], JsonObject]]:
    """Return the operations, by name.

    Args:
        call: Does the operations of the steps.
    """
    return {
        "StartPipelineExecution": lambda region, request: start_pipeline_execution(region, request, call),
        "StopPipelineExecution": stop_pipeline_execution,
        "DescribePipelineExecution": describe_pipeline_execution,
        "DescribePipelineDefinitionForExecution": describe_pipeline_definition_for_execution,
        "ListPipelineExecutions": list_pipeline_executions,
        "ListPipelineExecutionSteps": list_pipeline_execution_steps,
        "ListPipelineParametersForExecution": list_pipeline_parameters_for_execution,
    }
