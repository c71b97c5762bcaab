"""InvokeEndpoint: what it forwards, and how it refuses."""

import json
from typing import Any

import pytest
import urllib3
from botocore.exceptions import ClientError

from tests.aws.endpoints import delete, deploy, invoke
from tests.aws.sagemaker_requests import variant
from tests.aws.waiting import OFTEN

ROW = b"0.5,0.1,-0.2"


def failure(runtime: Any, **request: Any) -> dict[str, Any]:
    with pytest.raises(ClientError) as caught:
        runtime.invoke_endpoint(**request)
    return dict(caught.value.response)


def test_csv_and_json_answers(runtime: Any, endpoint: str) -> None:
    body = b"0.5,0.1,-0.2\n-1,0,0"
    answer = invoke(runtime, endpoint, body)
    assert answer["ContentType"] == "text/csv; charset=utf-8"
    scores = answer["Body"]
    assert scores.endswith(b"\n")
    first, second = map(float, scores.split())
    assert first > 0.5 > second
    answer = invoke(runtime, endpoint, body, Accept="application/json")
    assert answer["ContentType"] == "application/json"
    assert json.loads(answer["Body"]) == {"predictions": [{"score": first}, {"score": second}]}


def test_an_empty_body_has_no_content(runtime: Any, endpoint: str) -> None:
    answer = invoke(runtime, endpoint, b"")
    assert (answer["ResponseMetadata"]["HTTPStatusCode"], answer["Body"]) == (204, b"")


def test_an_unknown_endpoint(runtime: Any) -> None:
    response = failure(runtime, EndpointName="absent", ContentType="text/csv", Body=ROW)
    assert response["Error"] == {
        "Code": "ValidationError",
        "Message": "Endpoint absent of account 123456789012 not found.",
    }
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 400


def test_a_containers_error_is_a_model_error(runtime: Any, endpoint: str) -> None:
    response = failure(runtime, EndpointName=endpoint, ContentType="application/pdf", Body=ROW)
    message = (
        "application/pdf is not an accepted ContentType: csv, libsvm, parquet, recordio-protobuf, text/csv, "
        "text/libsvm, text/x-libsvm, application/x-parquet, application/x-recordio-protobuf."
    )
    assert response["Error"]["Code"] == "ModelError"
    assert response["Error"]["Message"].startswith(
        f'Received client error (415) from primary with message "{message}". See '
        "https://us-east-1.console.aws."
    )
    assert (response["OriginalStatusCode"], response["OriginalMessage"]) == (415, message)
    assert response["LogStreamArn"] == (
        "arn:aws:logs:us-east-1:123456789012:log-group:/aws/sagemaker/Endpoints/shared"
    )
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 424


def test_the_largest_body(runtime: Any, endpoint: str) -> None:
    limit = 6_291_456
    largest = ROW + b" " * (limit - len(ROW))
    answer = invoke(runtime, endpoint, largest)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200
    response = failure(runtime, EndpointName=endpoint, ContentType="text/csv", Body=largest + b" ")
    assert response["Error"] == {
        "Code": "413",
        "Message": "HTTP content length exceeded 6291456 bytes.",
    }


def test_traffic_goes_by_weight_or_to_the_variant_asked_for(
    sagemaker: Any, runtime: Any, model_data: str
) -> None:
    deploy(sagemaker, "weighted", model_data)
    sagemaker.create_endpoint_config(
        EndpointConfigName="two",
        ProductionVariants=[
            variant("weighted", "all", InitialVariantWeight=1.0),
            variant("weighted", "none", InitialVariantWeight=0.0),
        ],
    )
    sagemaker.create_endpoint(EndpointName="two", EndpointConfigName="two")
    sagemaker.get_waiter("endpoint_in_service").wait(EndpointName="two", WaiterConfig=OFTEN)
    reached = {invoke(runtime, "two", ROW)["InvokedProductionVariant"] for _ in range(20)}
    assert reached == {"all"}
    asked = invoke(runtime, "two", ROW, TargetVariant="none")
    assert asked["InvokedProductionVariant"] == "none"
    refused = failure(runtime, EndpointName="two", Body=ROW, TargetVariant="other")
    assert refused["Error"]["Code"] == "ValidationError"
    for name in ("two", "weighted"):
        delete(sagemaker, name)


def test_without_a_signature_it_is_not_for_sagemaker(server: Any, endpoint: str) -> None:
    with urllib3.PoolManager() as pool:
        answer = pool.request("POST", f"{server.url}/endpoints/{endpoint}/invocations", body=ROW)
    assert answer.status >= 400
