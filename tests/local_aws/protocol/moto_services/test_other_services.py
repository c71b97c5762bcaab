"""What is absent, or fails inside moto, is an error that an SDK reads: never a page of HTML."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.aws.answers import refused


def test_the_feature_store_runtime_is_absent_by_name(client: Callable[..., Any]) -> None:
    store = client("sagemaker-featurestore-runtime")
    record = [{"FeatureName": "id", "ValueAsString": "1"}]
    assert refused(store.put_record, FeatureGroupName="customers", Record=record) == (
        "UnknownOperationException",
        "Local AWS does not have sagemaker-featurestore-runtime's PutRecord.",
    )
    assert refused(store.get_record, FeatureGroupName="customers", RecordIdentifierValueAsString="1")[1] == (
        "Local AWS does not have sagemaker-featurestore-runtime's GetRecord."
    )


def test_human_loops_are_absent_by_name(client: Callable[..., Any]) -> None:
    loops = client("sagemaker-a2i-runtime")
    assert refused(loops.describe_human_loop, HumanLoopName="mine")[1] == (
        "Local AWS does not have sagemaker-a2i-runtime's DescribeHumanLoop."
    )


@pytest.mark.parametrize(
    ("service", "operation", "members"),
    [
        # Answered in XML, as JSON of the REST kind, and as JSON 1.1.
        (
            "cloudformation",
            "validate_template",
            {"TemplateBody": "Resources: {A: {Type: 'AWS::S3::Bucket'}}"},
        ),
        ("chime", "list_accounts", {}),
        ("frauddetector", "get_detectors", {}),
    ],
)
def test_a_service_that_moto_cannot_answer_tells_it_in_its_own_form(
    client: Callable[..., Any], service: str, operation: str, members: dict[str, str]
) -> None:
    with pytest.raises(ClientError) as caught:
        getattr(client(service), operation)(**members)
    answer = caught.value.response
    assert answer["Error"]["Code"] == "InternalFailure"
    assert answer["Error"]["Message"].startswith(f"Local AWS cannot answer this request of {service}: moto")
    assert answer["ResponseMetadata"]["RetryAttempts"] == 0


def test_a_hypertext_object_of_s3_stays_one(client: Callable[..., Any]) -> None:
    s3 = client("s3")
    s3.create_bucket(Bucket="pages")
    s3.put_object(Bucket="pages", Key="report.html", Body=b"<html></html>", ContentType="text/html")
    answer = s3.get_object(Bucket="pages", Key="report.html")
    assert answer["Body"].read() == b"<html></html>"
    assert answer["ContentType"].startswith("text/html")
    assert refused(s3.get_object, Bucket="pages", Key="absent")[0] == "NoSuchKey"
    assert refused(s3.head_object, Bucket="pages", Key="absent") == ("404", "Not Found")
