"""The operations on pipelines themselves: CreatePipeline, UpdatePipeline and the others."""

import time

from local_aws.errors import AwsError, NoSuchObjectError, ValidationError
from local_aws.jobs.pipelines.argument_types import check_types
from local_aws.jobs.pipelines.definition import Definition
from local_aws.jobs.pipelines.execution import PipelineExecution
from local_aws.jobs.pipelines.pipeline import Pipeline, find_pipeline
from local_aws.protocol import tags
from local_aws.protocol.listing import page_of
from local_aws.state.resources import JsonObject, Region
from local_aws.storage.objects import S3Url

_FORMS = ("PipelineDefinition", "PipelineDefinitionS3Location")
# The members that UpdatePipeline replaces as a whole.
_CHANGED = (
    "PipelineDisplayName",
    "PipelineDescription",
    "PipelineDefinition",
    "RoleArn",
    "ParallelismConfiguration",
)


def _with_definition(region: Region, request: JsonObject) -> JsonObject:
    """Return a request in which the definition itself stands, after checks of it.

    Raises:
        ValidationError: It is none, it is absent, or it is given in both forms.
    """
    if all(form in request for form in _FORMS):
        raise ValidationError(
            "Both Pipeline Definition and Pipeline Definition S3 Location shouldn't be present"
        )
    place = request.get("PipelineDefinitionS3Location")
    if place is not None:
        url = S3Url(place["Bucket"], place["ObjectKey"])
        try:
            text = region.storage.read(url).decode(errors="replace")
        except NoSuchObjectError as error:
            raise ValidationError(f"Could not read the pipeline definition: there is no {error}.") from error
        request = {name: value for name, value in request.items() if name != "PipelineDefinitionS3Location"}
        request["PipelineDefinition"] = text
    if "PipelineDefinition" in request:
        check_types(Definition.parse(request["PipelineDefinition"]))
    return request


def create_pipeline(region: Region, request: JsonObject) -> JsonObject:
    """Keep a pipeline, after checks of its name and definition."""
    name, token = request["PipelineName"], request["ClientRequestToken"]
    arn = region.arn(Pipeline, name)
    known = region.with_arn(arn)
    if known is not None:
        if known.request.get("ClientRequestToken") == token:
            # A request that is sent once more makes nothing more.
            return {"PipelineArn": arn}
        raise ValidationError(
            f"Pipeline names must be unique within an AWS account and region. Pipeline with name ({name}) "
            "already exists."
        )
    if not any(form in request for form in _FORMS):
        raise ValidationError(
            "Either Pipeline Definition or Pipeline Definition S3 location should be provided"
        )
    labels = tags.from_request(request)
    region.of(Pipeline)[name] = Pipeline(
        name=name, arn=arn, request=_with_definition(region, request), tags=labels
    )
    return {"PipelineArn": arn}


def update_pipeline(region: Region, request: JsonObject) -> JsonObject:
    """Change a pipeline. Executions that have begun keep the definition that they began with."""
    pipeline = find_pipeline(region, request["PipelineName"])
    changed = _with_definition(region, request)
    pipeline.request = {**pipeline.request, **{name: changed[name] for name in _CHANGED if name in changed}}
    pipeline.last_modified_time = time.time()
    return {"PipelineArn": pipeline.arn}


def describe_pipeline(region: Region, request: JsonObject) -> JsonObject:
    """Describe a pipeline."""
    return find_pipeline(region, request["PipelineName"]).describe()


def delete_pipeline(region: Region, request: JsonObject) -> JsonObject:
    """Remove a pipeline with its executions, none of which may be running."""
    pipeline = find_pipeline(region, request["PipelineName"])
    executions = region.of(PipelineExecution)
    own = [one for one in executions.values() if one.pipeline_arn == pipeline.arn]
    if running := [one.arn for one in own if not one.is_over]:
        raise AwsError(
            "ConflictException",
            f"Pipeline '{pipeline.arn}' cannot be deleted while its executions run: {', '.join(running)}. "
            "Stop them with StopPipelineExecution.",
        )
    for one in own:
        del executions[one.name]
    del region.of(Pipeline)[pipeline.name]
    return {"PipelineArn": pipeline.arn}


def list_pipelines(region: Region, request: JsonObject) -> JsonObject:
    """List pipelines, the newest first."""
    page, token = page_of(
        region.of(Pipeline).values(),
        request,
        "Descending",
        wanted=lambda pipeline: (
            pipeline.name.startswith(request.get("PipelineNamePrefix", ""))
            and request.get("CreatedAfter", 0) <= pipeline.creation_time
            and pipeline.creation_time <= request.get("CreatedBefore", pipeline.creation_time)
        ),
    )
    return {"PipelineSummaries": [pipeline.describe() for pipeline in page], "NextToken": token}


OPERATIONS = {
    "CreatePipeline": create_pipeline,
    "UpdatePipeline": update_pipeline,
    "DescribePipeline": describe_pipeline,
    "DeletePipeline": delete_pipeline,
    "ListPipelines": list_pipelines,
}
