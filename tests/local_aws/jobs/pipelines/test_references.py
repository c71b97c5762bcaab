"""References of a step's arguments, written out."""

import json
from typing import Any

import pytest

from local_aws.errors import ValidationError
from local_aws.jobs.pipelines.references import References
from local_aws.storage.objects import S3Url, Storage

PROPERTIES = {
    "split": {
        "ProcessingOutputConfig": {
            "Outputs": [
                {"OutputName": "test", "S3Output": {"S3Uri": "s3://b/test"}},
                {"OutputName": "train", "S3Output": {"S3Uri": "s3://b/train"}},
            ]
        }
    }
}


@pytest.fixture
def references(bucket: Any) -> References:
    report = {"metrics": {"auc": {"value": 0.75}}, "rows": [3, 4]}
    bucket.put_object(Key="eval/report.json", Body=json.dumps(report).encode())
    bucket.put_object(Key="eval/text", Body=b"no JSON")
    return References(
        parameters={"Rows": 5, "Share": 0.5, "Whole": True},
        execution={"PipelineExecutionId": "abc"},
        properties=PROPERTIES.__getitem__,
        property_file=lambda _, file: S3Url("bucket", f"eval/{file}"),
        storage=Storage("123456789012"),
    )


def json_get(path: str, file: str = "report.json") -> dict[str, Any]:
    return {"Std:JsonGet": {"PropertyFile": {"Get": f"Steps.split.PropertyFiles['{file}']"}, "Path": path}}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (
            {"Count": {"Get": "Parameters.Rows"}, "Names": ["a", {"Get": "Execution.PipelineExecutionId"}]},
            {"Count": 5, "Names": ["a", "abc"]},
        ),
        ({"Get": "Steps.split.ProcessingOutputConfig.Outputs['train'].S3Output.S3Uri"}, "s3://b/train"),
        ({"Get": "Steps.split.ProcessingOutputConfig.Outputs[0].S3Output.S3Uri"}, "s3://b/test"),
        (
            {
                "Std:Join": {
                    "On": "/",
                    "Values": ["s3:/", {"Get": "Parameters.Share"}, {"Get": "Parameters.Whole"}],
                }
            },
            "s3://0.5/true",
        ),
        (json_get("metrics.auc['value']"), 0.75),
        (json_get("rows[1]"), 4),
        (
            {
                "Std:JsonGet": {
                    "S3Uri": {"Std:Join": {"On": "/", "Values": ["s3://bucket/eval", "report.json"]}},
                    "Path": "metrics.auc.value",
                }
            },
            0.75,
        ),
    ],
)
def test_what_is_there(references: References, value: Any, expected: Any) -> None:
    assert references.resolved(value) == expected


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"Get": "Parameters.Absent"}, "Parameters.Absent leads nowhere: there is no Absent."),
        (
            {"Get": "Steps.split.ProcessingOutputConfig.Outputs['other']"},
            "Steps.split.ProcessingOutputConfig.Outputs['other'] leads nowhere: there is no other.",
        ),
        ({"Get": "Steps.split.[x]"}, "Local AWS cannot read the path Steps.split.[x] of a pipeline."),
        (json_get("metrics.f1"), "metrics.f1 leads nowhere: there is no f1."),
        (json_get("rows[2]"), "rows[2] leads nowhere: there is no 2."),
        (json_get("a", "absent"), "Std:JsonGet: there is no s3://bucket/eval/absent"),
        (json_get("a", "text"), "Std:JsonGet: s3://bucket/eval/text is not JSON"),
    ],
)
def test_what_is_not_there(references: References, value: Any, message: str) -> None:
    with pytest.raises(ValidationError) as caught:
        references.resolved(value)
    assert caught.value.message == message
