"""Pipelines: their definitions, names and lists."""

import json
from typing import Any

from tests.aws.answers import refused
from tests.aws.sagemaker_requests import ROLE
from tests.aws.training_data import BUCKET

TOKEN = "t" * 32
FAILS = {"Name": "Stop", "Type": "Fail", "Arguments": {"ErrorMessage": "on purpose"}}
DEFINITION = json.dumps({"Version": "2020-12-01", "Steps": [FAILS]})


def create(sagemaker: Any, name: str, **members: Any) -> str:
    request = {"PipelineName": name, "RoleArn": ROLE, "ClientRequestToken": TOKEN}
    arn: str = sagemaker.create_pipeline(**(request | {"PipelineDefinition": DEFINITION} | members))[
        "PipelineArn"
    ]
    return arn


def test_a_pipeline_is_kept_changed_and_deleted(sagemaker: Any) -> None:
    arn = create(sagemaker, "Kept", PipelineDescription="first")
    assert arn == "arn:aws:sagemaker:us-east-1:123456789012:pipeline/kept"
    assert create(sagemaker, "Kept") == arn
    code, message = refused(
        sagemaker.create_pipeline,
        PipelineName="Kept",
        RoleArn=ROLE,
        ClientRequestToken="o" * 32,
        PipelineDefinition=DEFINITION,
    )
    assert code == "ValidationException"
    assert message.startswith("Pipeline names must be unique within an AWS account and region.")
    sagemaker.update_pipeline(PipelineName="Kept", PipelineDescription="second")
    told = sagemaker.describe_pipeline(PipelineName=arn)
    assert (told["PipelineDescription"], told["PipelineStatus"], told["PipelineDefinition"]) == (
        "second",
        "Active",
        DEFINITION,
    )
    sagemaker.delete_pipeline(PipelineName="Kept", ClientRequestToken=TOKEN)
    assert refused(sagemaker.describe_pipeline, PipelineName="Kept") == (
        "ResourceNotFound",
        f"Pipeline '{arn}' does not exist.",
    )


def test_a_definition_may_be_on_s3(sagemaker: Any, s3: Any) -> None:
    s3.put_object(Bucket=BUCKET, Key="pipelines/stop.json", Body=DEFINITION.encode())
    request = {"PipelineName": "on-s3", "RoleArn": ROLE, "ClientRequestToken": TOKEN}
    place = {"Bucket": BUCKET, "ObjectKey": "pipelines/stop.json"}
    sagemaker.create_pipeline(**request, PipelineDefinitionS3Location=place)
    assert sagemaker.describe_pipeline(PipelineName="on-s3")["PipelineDefinition"] == DEFINITION
    absent = refused(
        sagemaker.update_pipeline,
        PipelineName="on-s3",
        PipelineDefinitionS3Location=place | {"ObjectKey": "absent"},
    )
    assert absent == (
        "ValidationException",
        f"Could not read the pipeline definition: there is no s3://{BUCKET}/absent.",
    )
    both = {"PipelineDefinition": DEFINITION, "PipelineDefinitionS3Location": place}
    assert refused(sagemaker.create_pipeline, **request | {"PipelineName": "both"}, **both)[1] == (
        "Both Pipeline Definition and Pipeline Definition S3 Location shouldn't be present"
    )
    assert refused(sagemaker.create_pipeline, **request | {"PipelineName": "neither"})[1] == (
        "Either Pipeline Definition or Pipeline Definition S3 location should be provided"
    )


def test_an_argument_of_another_type_is_refused_where_the_pipeline_is_made_or_changed(sagemaker: Any) -> None:
    size = {"Name": "Size", "Type": "Integer", "DefaultValue": 3}
    arguments = {"HyperParameters": {"max_depth": {"Get": "Parameters.Size"}}}
    step = {"Name": "Train", "Type": "Training", "Arguments": arguments}
    text = json.dumps({"Version": "2020-12-01", "Parameters": [size], "Steps": [step]})
    create(sagemaker, "typed")
    for call, members in (
        (sagemaker.create_pipeline, {"PipelineName": "new", "RoleArn": ROLE, "ClientRequestToken": TOKEN}),
        (sagemaker.update_pipeline, {"PipelineName": "typed"}),
    ):
        assert refused(call, PipelineDefinition=text, **members) == (
            "ValidationException",
            "Cannot assign property reference [Parameters.Size] to argument of type [String].",
        )


def test_pipelines_and_executions_are_listed_the_newest_first(client: Any) -> None:
    """In a region of its own, so that nothing else is listed."""
    sagemaker = client("sagemaker", region_name="eu-north-1")
    for name in ("list-a", "list-b", "other"):
        create(sagemaker, name)
    found = sagemaker.list_pipelines(PipelineNamePrefix="list")["PipelineSummaries"]
    assert [one["PipelineName"] for one in found] == ["list-b", "list-a"]
    arns = [
        sagemaker.start_pipeline_execution(PipelineName="other", ClientRequestToken=f"{number}" * 32)[
            "PipelineExecutionArn"
        ]
        for number in range(3)
    ]
    pages = sagemaker.get_paginator("list_pipeline_executions").paginate(
        PipelineName="other", PaginationConfig={"PageSize": 2}
    )
    listed = [one["PipelineExecutionArn"] for page in pages for one in page["PipelineExecutionSummaries"]]
    assert listed == arns[::-1]
    named = {"Filters": [{"Name": "PipelineName", "Operator": "Equals", "Value": "list-a"}]}
    (result,) = sagemaker.search(Resource="Pipeline", SearchExpression=named)["Results"]
    assert result["Pipeline"]["PipelineStatus"] == "Active"
    assert len(sagemaker.search(Resource="PipelineExecution")["Results"]) == len(arns)
    assert "LastRunTime" in sagemaker.describe_pipeline(PipelineName="other")
