"""Job definitions through the API."""

from typing import Any

import pytest

from tests.aws.answers import refused
from tests.aws.lists import listed
from tests.aws.monitors import ANALYZER, definition_request, endpoint_input, outputs

PLACE = {"MonitoringOutputs": [{"S3Output": {"S3Uri": "s3://b/x", "LocalPath": "/tmp/out"}}]}  # noqa: S108


def of_model(name: str, endpoint: str, **members: Any) -> dict[str, Any]:
    where = {"GroundTruthS3Input": {"S3Uri": "s3://small-data/truth"}}
    return definition_request(
        name,
        endpoint,
        "ModelQuality",
        ModelQualityAppSpecification={"ImageUri": ANALYZER, "ProblemType": "Regression"},
        ModelQualityJobInput={**endpoint_input(endpoint, InferenceAttribute="0"), **where},
        **members,
    )


@pytest.mark.parametrize(("kind", "make"), [("data", definition_request), ("model", of_model)])
def test_a_definition_is_kept_listed_and_deleted(sagemaker: Any, kind: str, make: Any) -> None:
    operation = f"{kind}_quality_job_definition"
    request = make(f"{kind}-first", "later", Tags=[{"Key": "team", "Value": "bank"}])
    arn = getattr(sagemaker, f"create_{operation}")(**request)["JobDefinitionArn"]
    assert arn == f"arn:aws:sagemaker:us-east-1:123456789012:{kind}-quality-job-definition/{kind}-first"
    found = getattr(sagemaker, f"describe_{operation}")(JobDefinitionName=f"{kind}-first")
    assert found["JobDefinitionArn"] == arn
    assert {name: found[name] for name in request if name != "Tags"} == {
        name: value for name, value in request.items() if name != "Tags"
    }
    assert sagemaker.list_tags(ResourceArn=arn)["Tags"] == [{"Key": "team", "Value": "bank"}]
    getattr(sagemaker, f"create_{operation}")(**make(f"{kind}-second", "another"))
    summaries = listed(sagemaker, f"list_{operation}s", NameContains=kind)
    assert [one["MonitoringJobDefinitionName"] for one in summaries] == [f"{kind}-second", f"{kind}-first"]
    (only,) = listed(sagemaker, f"list_{operation}s", EndpointName="later")
    assert (only["MonitoringJobDefinitionArn"], only["EndpointName"]) == (arn, "later")
    code, message = refused(getattr(sagemaker, f"create_{operation}"), **request)
    assert (code, message) == ("ResourceInUse", f"Job definition already exists: {arn}")
    for name in ("first", "second"):
        getattr(sagemaker, f"delete_{operation}")(JobDefinitionName=f"{kind}-{name}")
    for action in ("describe", "delete"):
        answer = refused(getattr(sagemaker, f"{action}_{operation}"), JobDefinitionName=f"{kind}-first")
        assert answer == ("ResourceNotFound", f"Job definition {kind}-first not found")


def changed(member: str, **changes: Any) -> dict[str, Any]:
    request = definition_request("refused", "e")
    return {member: {**request[member], **changes}}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            changed("DataQualityAppSpecification", ImageUri="mine:1"),
            'Local AWS cannot monitor with the image "mine:1". It has sagemaker-model-monitor-analyzer, ',
        ),
        (
            changed("DataQualityAppSpecification", RecordPreprocessorSourceUri="s3://b/a.py"),
            (
                "Local AWS has no DataQualityAppSpecification.RecordPreprocessorSourceUri s3://b/a.py in "
                "CreateDataQualityJobDefinition: "
            ),
        ),
        (
            changed("DataQualityAppSpecification", ContainerEntrypoint=["python3"]),
            "Local AWS has no DataQualityAppSpecification.ContainerEntrypoint in ",
        ),
        ({"DataQualityJobInput": {}}, "Local AWS monitors endpoints: the input needs an EndpointInput."),
        (
            {"DataQualityJobInput": endpoint_input("e", S3InputMode="Pipe")},
            "Local AWS has no DataQualityJobInput.EndpointInput.S3InputMode Pipe in ",
        ),
        (
            {"DataQualityJobInput": endpoint_input("e", InferenceAttribute="0")},
            "Local AWS has no InferenceAttribute for DataQuality: it is of ModelQuality.",
        ),
        (
            {"DataQualityJobInput": endpoint_input("e", LocalPath="/data")},
            "The endpoint's input: LocalPath must be a path below /opt/ml/processing.",
        ),
        (
            {"DataQualityJobInput": endpoint_input("e", StartTimeOffset="-Px")},
            "StartTimeOffset -Px is no ISO 8601 duration, such as -PT1H.",
        ),
        (
            {"DataQualityJobOutputConfig": PLACE},
            "The monitoring output: LocalPath must be a path below /opt/ml/processing.",
        ),
        (
            {"DataQualityBaselineConfig": {"ConstraintsResource": {"S3Uri": "https://b/constraints.json"}}},
            "Local AWS has no S3Uri https://b/constraints.json in ConstraintsResource; write it as ",
        ),
    ],
)
def test_what_cannot_be_monitored_is_refused(sagemaker: Any, changes: Any, message: str) -> None:
    request = definition_request("refused", "e") | changes
    code, told = refused(sagemaker.create_data_quality_job_definition, **request)
    assert (code, told[: len(message)]) == ("ValidationException", message)


def test_model_quality_needs_its_problem_and_its_truth(sagemaker: Any) -> None:
    without = of_model("refused", "e") | {"ModelQualityAppSpecification": {"ImageUri": ANALYZER}}
    code, message = refused(sagemaker.create_model_quality_job_definition, **without)
    assert (code, "problemType" in message) == ("ValidationException", True)
    untrue = of_model("refused", "e", ModelQualityJobOutputConfig=outputs())
    untrue["ModelQualityJobInput"]["GroundTruthS3Input"] = {}
    code, message = refused(sagemaker.create_model_quality_job_definition, **untrue)
    assert (code, message[:50]) == (
        "ValidationException",
        "Local AWS has no S3Uri  in GroundTruthS3Input; wri",
    )


@pytest.mark.parametrize("kind", ["model_bias", "model_explainability"])
def test_bias_and_explanations_are_refused_by_name(sagemaker: Any, kind: str) -> None:
    name = "".join(part.capitalize() for part in kind.split("_"))
    request = definition_request("refused", "e", name)
    request[f"{name}AppSpecification"]["ConfigUri"] = "s3://b/config.json"
    if kind == "model_bias":
        request[f"{name}JobInput"]["GroundTruthS3Input"] = {"S3Uri": "s3://b/truth"}
    code, message = refused(getattr(sagemaker, f"create_{kind}_job_definition"), **request)
    assert code == "UnknownOperationException"
    assert message.startswith(f"Local AWS does not have SageMaker's Create{name}JobDefinition: ")
