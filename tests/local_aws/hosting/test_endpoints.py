"""Endpoints through the API: their states, updates that serve on, and failures."""

import itertools
import threading
from collections.abc import Iterator
from typing import Any

import psutil
import pytest

from tests.aws.answers import refused
from tests.aws.endpoints import delete, deploy, endpoint_names, invoke, settled
from tests.aws.sagemaker_requests import variant
from tests.aws.training_data import BUCKET
from tests.aws.waiting import wait_until
from tests.local_aws.hosting.model_archives import announcing, archive, link
from tests.services.local_aws_server import LocalAwsServer

ARN = "arn:aws:sagemaker:us-east-1:123456789012:endpoint/"
ROW = b"0.5,0.1,-0.2"
NUMBERS = itertools.count()
NOT_EXTRACTED = f'Failed to extract model data archive from URL "s3://{BUCKET}/{{key}}". {{advice}}'
INVALID = "Please ensure that the object located at the URL is a valid tar.gz archive."


def test_an_endpoints_life(sagemaker: Any, model_data: str, runtime: Any) -> None:
    described = deploy(sagemaker, "life", model_data)
    assert described["EndpointArn"] == f"{ARN}life"
    (serving,) = described["ProductionVariants"]
    assert (serving["VariantName"], serving["CurrentWeight"], serving["CurrentInstanceCount"]) == (
        "AllTraffic",
        1.0,
        1,
    )
    answer = invoke(runtime, "life", ROW)
    assert answer["InvokedProductionVariant"] == "AllTraffic"
    sagemaker.delete_endpoint(EndpointName="life")
    wait_until(lambda: "life" not in endpoint_names(sagemaker))
    gone = ("ValidationException", f'Could not find endpoint "{ARN}life".')
    assert refused(sagemaker.describe_endpoint, EndpointName="life") == gone
    assert refused(sagemaker.delete_endpoint, EndpointName="life") == gone


def test_a_name_is_used_once(sagemaker: Any, endpoint: str) -> None:
    answer = refused(sagemaker.create_endpoint, EndpointName=endpoint, EndpointConfigName=endpoint)
    assert answer == ("ValidationException", f'Cannot create already existing endpoint "{ARN}{endpoint}".')


def test_its_configuration_must_exist(sagemaker: Any) -> None:
    answer = refused(sagemaker.create_endpoint, EndpointName="e", EndpointConfigName="absent")
    arn = "arn:aws:sagemaker:us-east-1:123456789012:endpoint-config/absent"
    assert answer == ("ValidationException", f'Could not find endpoint configuration "{arn}".')


def test_while_it_comes_up_it_can_be_neither_deleted_nor_updated(sagemaker: Any, endpoint: str) -> None:
    sagemaker.create_endpoint(EndpointName="busy", EndpointConfigName=endpoint)
    assert sagemaker.describe_endpoint(EndpointName="busy")["EndpointStatus"] == "Creating"
    busy = ("ValidationException", f'Cannot update in-progress endpoint "{ARN}busy".')
    assert refused(sagemaker.delete_endpoint, EndpointName="busy") == busy
    assert refused(sagemaker.update_endpoint, EndpointName="busy", EndpointConfigName=endpoint) == busy
    assert settled(sagemaker, "busy")["EndpointStatus"] == "InService"
    delete(sagemaker, "busy")


def test_an_update_serves_all_the_time(sagemaker: Any, model_data: str, runtime: Any) -> None:
    deploy(sagemaker, "updated", model_data)
    sagemaker.create_endpoint_config(
        EndpointConfigName="updated-2", ProductionVariants=[variant("updated", "Second")]
    )
    answering: list[str] = []
    failures: list[Exception] = []
    done = threading.Event()

    def ask() -> None:
        while not done.is_set():
            try:
                answering.append(invoke(runtime, "updated", ROW)["InvokedProductionVariant"])
            except Exception as error:
                failures.append(error)

    asker = threading.Thread(target=ask)
    asker.start()
    try:
        sagemaker.update_endpoint(EndpointName="updated", EndpointConfigName="updated-2")
        assert sagemaker.describe_endpoint(EndpointName="updated")["EndpointStatus"] == "Updating"
        described = settled(sagemaker, "updated")
        wait_until(lambda: answering[-1:] == ["Second"])
    finally:
        done.set()
        asker.join()
    assert failures == []
    assert answering[0] == "AllTraffic"
    assert described["EndpointConfigName"] == "updated-2"
    delete(sagemaker, "updated")


@pytest.mark.parametrize(
    ("excluded", "weights"),
    [
        ([], {"A": 3.0, "B": 0.0}),
        ([{"VariantPropertyType": "DesiredWeight"}], {"A": 1.0, "B": 1.0}),
    ],
)
def test_an_update_can_retain_the_weights(
    sagemaker: Any, two_variants: str, excluded: list[dict[str, str]], weights: dict[str, float]
) -> None:
    reweigh(sagemaker, two_variants, A=3.0, B=0.0)
    sagemaker.update_endpoint(
        EndpointName=two_variants,
        EndpointConfigName=two_variants,
        RetainAllVariantProperties=True,
        ExcludeRetainedVariantProperties=excluded,
    )
    assert current_weights(settled(sagemaker, two_variants)) == weights


def test_weights_shift_the_traffic(sagemaker: Any, two_variants: str, runtime: Any) -> None:
    assert current_weights(settled(sagemaker, two_variants)) == {"A": 1.0, "B": 1.0}
    sagemaker.update_endpoint_weights_and_capacities(
        EndpointName=two_variants,
        DesiredWeightsAndCapacities=[{"VariantName": "A", "DesiredWeight": 0.0, "DesiredInstanceCount": 3}],
    )
    assert sagemaker.describe_endpoint(EndpointName=two_variants)["EndpointStatus"] == "Updating"
    described = settled(sagemaker, two_variants)
    assert current_weights(described) == {"A": 0.0, "B": 1.0}
    assert {v["VariantName"]: v["CurrentInstanceCount"] for v in described["ProductionVariants"]} == {
        "A": 3,
        "B": 1,
    }
    reached = {invoke(runtime, two_variants, ROW)["InvokedProductionVariant"] for _ in range(20)}
    assert reached == {"B"}
    config = sagemaker.describe_endpoint_config(EndpointConfigName=two_variants)
    assert [variant["InitialVariantWeight"] for variant in config["ProductionVariants"]] == [1.0, 1.0]


def test_only_its_own_variants_have_weights(sagemaker: Any, endpoint: str) -> None:
    assert refused(
        sagemaker.update_endpoint_weights_and_capacities,
        EndpointName=endpoint,
        DesiredWeightsAndCapacities=[{"VariantName": "Other", "DesiredWeight": 1.0}],
    ) == ("ValidationException", f'Could not find variant "Other" of endpoint "{ARN}{endpoint}".')


def reweigh(sagemaker: Any, name: str, **weights: float) -> None:
    wanted = [{"VariantName": variant, "DesiredWeight": weight} for variant, weight in weights.items()]
    sagemaker.update_endpoint_weights_and_capacities(EndpointName=name, DesiredWeightsAndCapacities=wanted)
    settled(sagemaker, name)


def current_weights(described: dict[str, Any]) -> dict[str, float]:
    return {variant["VariantName"]: variant["CurrentWeight"] for variant in described["ProductionVariants"]}


@pytest.fixture
def two_variants(sagemaker: Any, endpoint: str) -> Iterator[str]:
    """The name of an endpoint with two variants of equal weights."""
    variants = [variant(endpoint, name, InitialVariantWeight=1.0) for name in "AB"]
    name = f"two-{next(NUMBERS)}"
    sagemaker.create_endpoint_config(EndpointConfigName=name, ProductionVariants=variants)
    sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)
    settled(sagemaker, name)
    yield name
    delete(sagemaker, name)


def test_serverless(sagemaker: Any, endpoint: str, runtime: Any) -> None:
    serverless = {"MemorySizeInMB": 2048, "MaxConcurrency": 5}
    instanceless = {"VariantName": "v", "ModelName": endpoint, "ServerlessConfig": serverless}
    sagemaker.create_endpoint_config(EndpointConfigName="serverless", ProductionVariants=[instanceless])
    sagemaker.create_endpoint(EndpointName="serverless", EndpointConfigName="serverless")
    (described,) = settled(sagemaker, "serverless")["ProductionVariants"]
    assert described["CurrentServerlessConfig"] == serverless
    assert "CurrentInstanceCount" not in described
    assert invoke(runtime, "serverless", ROW)["Body"] == invoke(runtime, endpoint, ROW)["Body"]
    sagemaker.update_endpoint_weights_and_capacities(
        EndpointName="serverless",
        DesiredWeightsAndCapacities=[{"VariantName": "v", "ServerlessUpdateConfig": {"MaxConcurrency": 9}}],
    )
    (described,) = settled(sagemaker, "serverless")["ProductionVariants"]
    assert described["CurrentServerlessConfig"] == {"MemorySizeInMB": 2048, "MaxConcurrency": 9}
    delete(sagemaker, "serverless")


def test_a_configuration_whose_data_capture_is_off_is_shown(sagemaker: Any, endpoint: str) -> None:
    capture = {
        "EnableCapture": False,
        "InitialSamplingPercentage": 50,
        "DestinationS3Uri": f"s3://{BUCKET}/captured",
        "CaptureOptions": [{"CaptureMode": "Input"}],
    }
    sagemaker.create_endpoint_config(
        EndpointConfigName="captured",
        ProductionVariants=[variant(endpoint)],
        DataCaptureConfig=capture,
    )
    sagemaker.create_endpoint(EndpointName="captured", EndpointConfigName="captured")
    described = settled(sagemaker, "captured")["DataCaptureConfig"]
    assert (described["CurrentSamplingPercentage"], described["CaptureStatus"]) == (50, "Stopped")
    delete(sagemaker, "captured")


@pytest.mark.parametrize(
    ("member", "message"),
    [
        (
            {"TargetModel": "second.tar.gz"},
            "Endpoint shared is not a multi-model endpoint and does not support target model header.",
        ),
        (
            {"InferenceComponentName": "part"},
            "Local AWS has no InferenceComponentName part in InvokeEndpoint: a model has one container",
        ),
        (
            {"EnableExplanations": "`true`"},
            "Local AWS has no EnableExplanations `true` in InvokeEndpoint: a model has one container",
        ),
        ({"SessionId": "NEW_SESSION"}, "Local AWS has no SessionId NEW_SESSION in InvokeEndpoint"),
    ],
)
def test_what_an_endpoint_of_one_model_does_not_have_is_refused(
    runtime: Any, endpoint: str, member: dict[str, str], message: str
) -> None:
    code, text = refused(
        runtime.invoke_endpoint, EndpointName=endpoint, Body=ROW, ContentType="text/csv", **member
    )
    assert code == "ValidationError"
    assert text.startswith(message)


def test_an_endpoint_has_its_log_group_whatever_its_container_writes(endpoint: str, client: Any) -> None:
    groups = client("logs").describe_log_groups(logGroupNamePrefix="/aws/sagemaker/Endpoints/")["logGroups"]
    assert f"/aws/sagemaker/Endpoints/{endpoint}" in [group["logGroupName"] for group in groups]


def test_a_process_that_dies_in_service_is_started_again(
    server: LocalAwsServer, sagemaker: Any, runtime: Any, model_data: str, client: Any
) -> None:
    before = serving_processes(server)
    deploy(sagemaker, "dying", model_data)
    answer = invoke(runtime, "dying", ROW)["Body"]
    for _ in range(2):
        (process,) = serving_processes(server) - before
        process.kill()
        process.wait()
        assert invoke(runtime, "dying", ROW)["Body"] == answer
        assert sagemaker.describe_endpoint(EndpointName="dying")["EndpointStatus"] == "InService"
    group = "/aws/sagemaker/Endpoints/dying"
    (stream,) = client("logs").describe_log_streams(logGroupName=group)["logStreams"]
    events = client("logs").get_log_events(logGroupName=group, logStreamName=stream["logStreamName"])
    restarts = [event for event in events["events"] if "ended with exit code -9" in event["message"]]
    assert len(restarts) == 2
    delete(sagemaker, "dying")
    assert serving_processes(server) == before


def serving_processes(server: LocalAwsServer) -> set[psutil.Process]:
    children = psutil.Process(server.process.pid).children()
    return {child for child in children if child.is_running() and child.status() != psutil.STATUS_ZOMBIE}


def test_an_update_that_fails_leaves_the_old_variant_in_service(
    sagemaker: Any, model_data: str, runtime: Any, s3: Any
) -> None:
    deploy(sagemaker, "kept", model_data)
    s3.put_object(Bucket=BUCKET, Key="bad.tar.gz", Body=archive(**{"xgboost-model": b"not a model"}))
    bad = deploy(sagemaker, "bad-model", f"s3://{BUCKET}/bad.tar.gz")
    assert bad["EndpointStatus"] == "Failed"
    sagemaker.update_endpoint(EndpointName="kept", EndpointConfigName="bad-model")
    described = settled(sagemaker, "kept")
    assert (described["EndpointStatus"], described["EndpointConfigName"]) == ("InService", "kept")
    assert described["FailureReason"] == bad["FailureReason"]
    answer = invoke(runtime, "kept", ROW)
    assert answer["InvokedProductionVariant"] == "AllTraffic"
    for name in ("kept", "bad-model"):
        delete(sagemaker, name)


@pytest.mark.parametrize(
    ("key", "content", "reason"),
    [
        pytest.param(
            "empty.tar.gz",
            archive(),
            "The primary container for production variant AllTraffic did not pass the ping health check. "
            "Please check CloudWatch logs for this endpoint.",
            id="no-model-file",
        ),
        pytest.param(
            "text.tar.gz", b"no archive", NOT_EXTRACTED.format(key="text.tar.gz", advice=INVALID), id="text"
        ),
        pytest.param(
            "cut.tar.gz",
            archive(**{"xgboost-model": bytes(100_000)})[:-100],
            NOT_EXTRACTED.format(key="cut.tar.gz", advice=INVALID),
            id="cut-off",
        ),
        pytest.param(
            "outside.tar.gz",
            archive(**{"../outside": b"x"}),
            NOT_EXTRACTED.format(key="outside.tar.gz", advice=INVALID),
            id="leads-out",
        ),
        pytest.param(
            "large.tar.gz",
            announcing(1024**4),
            NOT_EXTRACTED.format(
                key="large.tar.gz",
                advice="The model data archive is too large. Please reduce the size of the model data "
                "archive or move to an instance type with more memory.",
            ),
            id="too-large",
        ),
    ],
)
def test_an_endpoint_that_fails(sagemaker: Any, s3: Any, key: str, content: bytes, reason: str) -> None:
    s3.put_object(Bucket=BUCKET, Key=key, Body=content)
    name = key.partition(".")[0]
    described = deploy(sagemaker, name, f"s3://{BUCKET}/{key}")
    assert described["EndpointStatus"] == "Failed"
    assert described["FailureReason"] == reason
    delete(sagemaker, name)


def test_the_log_tells_what_is_wrong_with_a_model_archive(sagemaker: Any, s3: Any, client: Any) -> None:
    s3.put_object(Bucket=BUCKET, Key="linked.tar.gz", Body=link("/etc/passwd"))
    deploy(sagemaker, "linked", f"s3://{BUCKET}/linked.tar.gz")
    found = client("logs").filter_log_events(logGroupName="/aws/sagemaker/Endpoints/linked")["events"]
    assert [event["message"] for event in found] == [
        "Local AWS: the model archive cannot be extracted: 'link' is neither a file nor a folder"
    ]
    delete(sagemaker, "linked")


def test_a_model_archive_that_vanished(sagemaker: Any, s3: Any, model_data: str) -> None:
    source = {"Bucket": BUCKET, "Key": model_data.removeprefix(f"s3://{BUCKET}/")}
    s3.copy_object(Bucket=BUCKET, Key="vanishing.tar.gz", CopySource=source)
    deploy(sagemaker, "vanishing", f"s3://{BUCKET}/vanishing.tar.gz")
    delete(sagemaker, "vanishing")
    s3.delete_object(Bucket=BUCKET, Key="vanishing.tar.gz")
    sagemaker.create_endpoint(EndpointName="vanishing", EndpointConfigName="vanishing")
    described = settled(sagemaker, "vanishing")
    assert described["EndpointStatus"] == "Failed"
    assert described["FailureReason"].startswith('Failed to download model data for container "container_1"')
    delete(sagemaker, "vanishing")
