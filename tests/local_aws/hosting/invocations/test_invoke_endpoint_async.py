"""InvokeEndpointAsync: answers and failures on S3, and notifications that a queue of moto's gets."""

import base64
from collections.abc import Iterator
from typing import Any

import pytest

from tests.aws.answers import refused
from tests.aws.endpoints import delete, invoke, settled
from tests.aws.sagemaker_requests import variant
from tests.aws.topics import Topic, make_topic
from tests.aws.training_data import BUCKET
from tests.aws.waiting import wait_until

ROW = b"0.5,0.1,-0.2"


@pytest.fixture(scope="module")
def topics(client: Any) -> dict[str, Topic]:
    return {name: make_topic(client, name) for name in ("done", "failed")}


@pytest.fixture(scope="module")
def queued(sagemaker: Any, endpoint: str, topics: dict[str, Topic]) -> Iterator[str]:
    """The name of an asynchronous endpoint in service."""
    sagemaker.create_endpoint_config(
        EndpointConfigName="queued",
        ProductionVariants=[variant(endpoint)],
        AsyncInferenceConfig={
            "ClientConfig": {"MaxConcurrentInvocationsPerInstance": 1},
            "OutputConfig": {
                "S3OutputPath": f"s3://{BUCKET}/answers",
                "S3FailurePath": f"s3://{BUCKET}/failures/",
                "NotificationConfig": {
                    "SuccessTopic": topics["done"].arn,
                    "ErrorTopic": topics["failed"].arn,
                    "IncludeInferenceResponseIn": ["SUCCESS_NOTIFICATION_TOPIC"],
                },
            },
        },
    )
    sagemaker.create_endpoint(EndpointName="queued", EndpointConfigName="queued")
    assert settled(sagemaker, "queued")["EndpointStatus"] == "InService"
    yield "queued"
    delete(sagemaker, "queued")


@pytest.fixture(scope="module")
def input_location(s3: Any) -> str:
    s3.put_object(Bucket=BUCKET, Key="requests/row.csv", Body=ROW)
    return f"s3://{BUCKET}/requests/row.csv"


def content(s3: Any, url: str) -> bytes:
    """Return an object's content, once it is there."""
    key = url.removeprefix(f"s3://{BUCKET}/")
    wait_until(lambda: s3.list_objects_v2(Bucket=BUCKET, Prefix=key).get("KeyCount"))
    found: bytes = s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()
    return found


def test_an_answer_is_on_s3_and_notified(
    client: Any, queued: str, endpoint: str, input_location: str, topics: dict[str, Topic]
) -> None:
    runtime, s3 = client("sagemaker-runtime"), client("s3")
    answer = runtime.invoke_endpoint_async(
        EndpointName=queued,
        InputLocation=input_location,
        ContentType="text/csv",
        Accept="text/csv",
        InferenceId="row-1",
        CustomAttributes="team=bank",
    )
    assert (answer["ResponseMetadata"]["HTTPStatusCode"], answer["InferenceId"]) == (202, "row-1")
    assert answer["OutputLocation"].startswith(f"s3://{BUCKET}/answers/")
    assert answer["OutputLocation"].endswith(".out")
    assert answer["FailureLocation"].startswith(f"s3://{BUCKET}/failures/")
    assert answer["FailureLocation"].endswith("-error.out")
    at_once = invoke(runtime, endpoint, ROW, Accept="text/csv")["Body"]
    assert content(s3, answer["OutputLocation"]) == at_once
    told = topics["done"].document()
    assert told["eventTime"] >= told["receivedTime"]
    assert base64.b64decode(told["responseBody"]["content"]) == at_once
    del told["eventTime"], told["receivedTime"], told["responseBody"]
    assert told == {
        "awsRegion": "us-east-1",
        "invocationStatus": "Completed",
        "requestParameters": {
            "accept": "text/csv",
            "contentType": "text/csv",
            "customAttributes": "team=bank",
            "endpointName": queued,
            "inputLocation": input_location,
        },
        "responseParameters": {
            "contentType": "text/csv; charset=utf-8",
            "outputLocation": answer["OutputLocation"],
        },
        "inferenceId": "row-1",
        "eventVersion": "1.0",
        "eventSource": "aws:sagemaker",
        "eventName": "InferenceResult",
    }


def test_a_containers_error_is_a_failure(
    runtime: Any, s3: Any, queued: str, input_location: str, topics: dict[str, Topic]
) -> None:
    answer = runtime.invoke_endpoint_async(
        EndpointName=queued, InputLocation=input_location, ContentType="application/pdf"
    )
    said = content(s3, answer["FailureLocation"])
    assert said.startswith(b"application/pdf is not an accepted ContentType")
    told = topics["failed"].document()
    assert (told["invocationStatus"], told["inferenceId"]) == ("Failed", answer["InferenceId"])
    assert told["failureReason"] == (
        "ClientError: Received client error (415) from model. See the SageMaker Endpoint logs in your "
        "account for more information."
    )
    assert "responseParameters" not in told
    assert "responseBody" not in told
    output = answer["OutputLocation"].removeprefix(f"s3://{BUCKET}/")
    assert s3.list_objects_v2(Bucket=BUCKET, Prefix=output)["KeyCount"] == 0


def test_an_absent_input_is_a_failure(runtime: Any, s3: Any, queued: str, topics: dict[str, Topic]) -> None:
    absent = f"s3://{BUCKET}/requests/absent.csv"
    answer = runtime.invoke_endpoint_async(EndpointName=queued, InputLocation=absent, ContentType="text/csv")
    reason = f"ClientError: Failed to download S3 object: there is no {absent}"
    assert topics["failed"].document()["failureReason"] == reason
    assert content(s3, answer["FailureLocation"]) == reason.encode()


def test_a_body_of_its_own_and_a_name_for_the_answer(
    runtime: Any, s3: Any, queued: str, endpoint: str, topics: dict[str, Topic]
) -> None:
    answer = runtime.invoke_endpoint_async(
        EndpointName=queued,
        Body=ROW,
        ContentType="text/csv",
        S3OutputPathExtension="night/1",
        Filename="row.csv",
    )
    assert answer["OutputLocation"] == f"s3://{BUCKET}/answers/night/1/row.csv"
    assert content(s3, answer["OutputLocation"]) == invoke(runtime, endpoint, ROW)["Body"]
    assert "inputLocation" not in topics["done"].document()["requestParameters"]


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({}, "Body and InputLocation are mutually exclusive. Provide exactly one of them."),
        (
            {"Body": ROW, "InputLocation": "s3://bucket/row"},
            "Body and InputLocation are mutually exclusive. Provide exactly one of them.",
        ),
        ({"Body": b"1" * 128_001}, "The Body has 128001 bytes; 128000 are the most. Use InputLocation."),
        (
            {"InputLocation": "s3://bucket/row", "RequestTTLSeconds": 21_601},
            (
                "1 validation error detected: Value '21601' at 'requestTTLSeconds' failed to satisfy "
                "constraint: Member must have value less than or equal to 21600"
            ),
        ),
        (
            {"InputLocation": "https://bucket.s3.amazonaws.com/row"},
            "Local AWS reads the InputLocation as s3://bucket/key.",
        ),
    ],
)
def test_what_cannot_be_queued_is_refused(
    runtime: Any, queued: str, members: dict[str, Any], message: str
) -> None:
    answer = refused(runtime.invoke_endpoint_async, EndpointName=queued, **members)
    assert answer == ("ValidationError", message)


def test_each_kind_of_endpoint_has_its_own_operation(
    runtime: Any, endpoint: str, queued: str, input_location: str
) -> None:
    answer = refused(runtime.invoke_endpoint, EndpointName=queued, Body=ROW)
    assert answer == (
        "ValidationError",
        "Endpoint queued is an asynchronous endpoint. Invoke it with InvokeEndpointAsync.",
    )
    answer = refused(runtime.invoke_endpoint_async, EndpointName=endpoint, InputLocation=input_location)
    assert answer == (
        "ValidationError",
        "Endpoint shared is not an asynchronous endpoint. Use InvokeEndpoint.",
    )


def test_it_is_told_by_describe_and_not_for_serverless_variants(
    sagemaker: Any, queued: str, endpoint: str
) -> None:
    told = sagemaker.describe_endpoint(EndpointName=queued)["AsyncInferenceConfig"]
    assert told["ClientConfig"] == {"MaxConcurrentInvocationsPerInstance": 1}
    serverless = {"MemorySizeInMB": 1024, "MaxConcurrency": 1}
    _, message = refused(
        sagemaker.create_endpoint_config,
        EndpointConfigName="refused",
        ProductionVariants=[{"VariantName": "v", "ModelName": endpoint, "ServerlessConfig": serverless}],
        AsyncInferenceConfig={"OutputConfig": {"S3OutputPath": f"s3://{BUCKET}/answers"}},
    )
    assert message == "One or more endpoint features are not supported using this configuration."
