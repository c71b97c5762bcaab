"""DataCaptureConfig: the JSON Lines on S3, held against what the caller sent and got."""

import base64
import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.aws.answers import refused
from tests.aws.captures import CAPTURE, captured
from tests.aws.endpoints import delete, invoke, settled
from tests.aws.sagemaker_requests import variant

ROW = b"0.5,0.1,-0.2"
Deploy = Callable[..., None]


@pytest.fixture
def capturing(sagemaker: Any, endpoint: str, request: pytest.FixtureRequest) -> Deploy:
    """Puts an endpoint into service that captures, by a DataCaptureConfig with some members changed."""

    def deploy(name: str, **members: Any) -> None:
        sagemaker.create_endpoint_config(
            EndpointConfigName=name,
            ProductionVariants=[variant(endpoint)],
            DataCaptureConfig={**CAPTURE, **members},
        )
        sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)
        request.addfinalizer(lambda: delete(sagemaker, name))
        assert settled(sagemaker, name)["EndpointStatus"] == "InService"

    return deploy


def test_requests_and_answers_are_captured(sagemaker: Any, runtime: Any, s3: Any, capturing: Deploy) -> None:
    capturing("whole")
    summary = sagemaker.describe_endpoint(EndpointName="whole")["DataCaptureConfig"]
    assert (summary["EnableCapture"], summary["CaptureStatus"]) == (True, "Started")
    answer = invoke(runtime, "whole", ROW, InferenceId="row-1", CustomAttributes="team=bank")
    ((key, (line,)),) = captured(s3, "whole").items()
    uuid = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    moment = r"\d{4}/\d{2}/\d{2}/\d{2}/\d{2}-\d{2}-\d{3}"
    assert re.fullmatch(rf"captured/whole/AllTraffic/{moment}-{uuid}\.jsonl", key)
    assert re.fullmatch(uuid, line["eventMetadata"].pop("eventId"))
    assert re.fullmatch(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z", line["eventMetadata"].pop("inferenceTime"))
    assert line == {
        "captureData": {
            "endpointInput": {
                "observedContentType": "text/csv",
                "mode": "INPUT",
                "data": ROW.decode(),
                "encoding": "CSV",
            },
            "endpointOutput": {
                "observedContentType": "text/csv; charset=utf-8",
                "mode": "OUTPUT",
                "data": answer["Body"].decode(),
                "encoding": "CSV",
            },
        },
        "eventMetadata": {"customAttributes": ["team=bank"], "inferenceId": "row-1"},
        "eventVersion": "0",
    }
    answer = invoke(runtime, "whole", ROW, Accept="application/json")
    (output,) = [
        one["captureData"]["endpointOutput"]
        for (one,) in captured(s3, "whole").values()
        if one["captureData"]["endpointOutput"]["encoding"] == "JSON"
    ]
    assert output["data"] == answer["Body"].decode()


def test_without_headers_all_is_base64_and_one_side_may_be_captured_alone(
    runtime: Any, s3: Any, capturing: Deploy
) -> None:
    capturing("coded", CaptureOptions=[{"CaptureMode": "Output"}], CaptureContentTypeHeader={})
    answer = invoke(runtime, "coded", ROW)
    (((line),),) = captured(s3, "coded").values()
    assert list(line["captureData"]) == ["endpointOutput"]
    output = line["captureData"]["endpointOutput"]
    assert (output["encoding"], base64.b64decode(output["data"])) == ("BASE64", answer["Body"])


def test_a_share_of_the_requests_is_captured(runtime: Any, s3: Any, capturing: Deploy) -> None:
    """Of 120 requests at 50 %, 30 to 90: a fair draw misses that once in 20 million times."""
    capturing("half", InitialSamplingPercentage=50)
    capturing("none", InitialSamplingPercentage=0)
    for _ in range(120):
        invoke(runtime, "half", ROW)
    for _ in range(10):
        invoke(runtime, "none", ROW)
    assert 30 <= len(captured(s3, "half")) <= 90
    assert captured(s3, "none") == {}


def test_an_endpoint_answers_where_nothing_can_be_captured(
    client: Any, runtime: Any, capturing: Deploy
) -> None:
    capturing("nowhere", DestinationS3Uri="s3://no-such-bucket/captured")
    assert float(invoke(runtime, "nowhere", ROW)["Body"]) > 0
    events = client("logs").filter_log_events(logGroupName="/aws/sagemaker/Endpoints/nowhere")["events"]
    said = "a request is not captured, as there is no s3://no-such-bucket/captured/nowhere/AllTraffic/"
    assert [event for event in events if said in event["message"]]


def test_a_serverless_endpoint_does_not_capture(sagemaker: Any, endpoint: str) -> None:
    serverless = {"MemorySizeInMB": 1024, "MaxConcurrency": 1}
    answer = refused(
        sagemaker.create_endpoint_config,
        EndpointConfigName="refused",
        ProductionVariants=[{"VariantName": "v", "ModelName": endpoint, "ServerlessConfig": serverless}],
        DataCaptureConfig=CAPTURE,
    )
    assert answer == (
        "ValidationException",
        "One or more endpoint features are not supported using this configuration.",
    )
