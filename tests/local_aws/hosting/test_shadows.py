"""Shadow variants: they get copies of the requests, and nobody gets their answers."""

import itertools
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.aws.answers import refused
from tests.aws.captures import CAPTURE, captured
from tests.aws.endpoints import delete, invoke, settled
from tests.aws.sagemaker_requests import model_request, variant
from tests.aws.training_data import BUCKET
from tests.aws.waiting import wait_until
from tests.local_aws.hosting.model_archives import boosted

ROW = b"0.5,0.1,-0.2"
NUMBERS = itertools.count()
UNSUPPORTED = (
    "ValidationException",
    "One or more endpoint features are not supported using this configuration.",
)


@pytest.fixture
def models(sagemaker: Any, s3: Any, model_data: str) -> tuple[str, str, str]:
    """A model, another of the same columns, and one that refuses rows of these."""
    made = []
    s3.put_object(Bucket=BUCKET, Key="similar.tar.gz", Body=boosted(3, seed=1))
    s3.put_object(Bucket=BUCKET, Key="narrow.tar.gz", Body=boosted(1))
    for archive in (model_data, f"s3://{BUCKET}/similar.tar.gz", f"s3://{BUCKET}/narrow.tar.gz"):
        made.append(f"shadowed-{next(NUMBERS)}")
        sagemaker.create_model(**model_request(made[-1], archive))
    return made[0], made[1], made[2]


@pytest.fixture
def shadowed(sagemaker: Any, models: tuple[str, str, str]) -> Iterator[Callable[..., str]]:
    """Puts an endpoint of the first model into service, with another as its shadow."""
    made = []

    def deploy(shadow: str, weight: float = 1, **members: Any) -> str:
        name = f"shadows-{next(NUMBERS)}"
        sagemaker.create_endpoint_config(
            EndpointConfigName=name,
            ProductionVariants=[variant(models[0], InitialVariantWeight=1)],
            ShadowProductionVariants=[variant(shadow, "Shadow", InitialVariantWeight=weight)],
            **members,
        )
        sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)
        made.append(name)
        assert settled(sagemaker, name)["EndpointStatus"] == "InService"
        return name

    yield deploy
    for name in made:
        delete(sagemaker, name)


def counted(cloudwatch: Any, endpoint: str, metric: str, of: str, statistic: str = "Sum") -> float:
    now = datetime.now(UTC)
    found = cloudwatch.get_metric_statistics(
        Namespace="AWS/SageMaker",
        MetricName=metric,
        Dimensions=[{"Name": "EndpointName", "Value": endpoint}, {"Name": "VariantName", "Value": of}],
        StartTime=now - timedelta(hours=1),
        EndTime=now + timedelta(minutes=1),
        Period=60,
        Statistics=[statistic],
    )["Datapoints"]
    return float(sum(point[statistic] for point in found))


def test_each_request_is_copied_and_the_caller_gets_the_other_answer(
    client: Callable[..., Any], models: tuple[str, str, str], shadowed: Callable[..., str]
) -> None:
    sagemaker, runtime, cloudwatch = client("sagemaker"), client("sagemaker-runtime"), client("cloudwatch")
    name = shadowed(models[1])
    described = sagemaker.describe_endpoint(EndpointName=name)
    assert [one["VariantName"] for one in described["ProductionVariants"]] == ["AllTraffic"]
    assert [one["VariantName"] for one in described["ShadowProductionVariants"]] == ["Shadow"]
    answers = [invoke(runtime, name, ROW) for _ in range(20)]
    assert {one["InvokedProductionVariant"] for one in answers} == {"AllTraffic"}
    assert len({one["Body"] for one in answers}) == 1
    wait_until(lambda: counted(cloudwatch, name, "Invocations", "Shadow") == 20)
    assert counted(cloudwatch, name, "Invocations", "AllTraffic") == 20
    for variant_name in ("Shadow", "AllTraffic"):
        assert counted(cloudwatch, name, "InvocationModelErrors", variant_name) == 0
        latency = counted(cloudwatch, name, "ModelLatency", variant_name, "Maximum")
        # Microseconds: a row takes milliseconds.
        assert 100 < latency < 60_000_000
    # Nobody can ask it by its name.
    assert refused(
        runtime.invoke_endpoint, EndpointName=name, TargetVariant="Shadow", ContentType="text/csv", Body=ROW
    ) == ("ValidationError", f"Variant Shadow not found for endpoint {name}.")


def test_a_shadow_that_answers_with_errors_is_counted_and_nobody_is_told(
    client: Callable[..., Any], models: tuple[str, str, str], shadowed: Callable[..., str]
) -> None:
    runtime, cloudwatch = client("sagemaker-runtime"), client("cloudwatch")
    name = shadowed(models[2])
    for _ in range(5):
        assert float(invoke(runtime, name, ROW)["Body"])
    wait_until(lambda: counted(cloudwatch, name, "InvocationModelErrors", "Shadow") == 5)
    assert counted(cloudwatch, name, "Invocation4XXErrors", "Shadow") == 5
    assert counted(cloudwatch, name, "Invocation5XXErrors", "Shadow") == 0
    assert counted(cloudwatch, name, "InvocationModelErrors", "AllTraffic") == 0


def test_its_weight_by_that_of_the_other_is_the_share_of_copies(
    client: Callable[..., Any], models: tuple[str, str, str], shadowed: Callable[..., str]
) -> None:
    runtime, cloudwatch = client("sagemaker-runtime"), client("cloudwatch")
    none, some = shadowed(models[1], weight=0), shadowed(models[1], weight=0.3)
    for _ in range(200):
        invoke(runtime, some, ROW)
        invoke(runtime, none, ROW)
    time.sleep(0.5)
    # Binomial, n = 200, p = 0.3: beyond these once in a million.
    assert 28 < counted(cloudwatch, some, "Invocations", "Shadow") < 92
    assert counted(cloudwatch, none, "Invocations", "Shadow") == 0


def test_an_endpoint_that_captures_captures_both(
    runtime: Any, s3: Any, models: tuple[str, str, str], shadowed: Callable[..., str]
) -> None:
    name = shadowed(models[1], DataCaptureConfig=CAPTURE)
    answer = invoke(runtime, name, ROW)["Body"].decode()
    wait_until(lambda: len(captured(s3, name)) == 2)
    data = {
        key.split("/")[2]: {side: line["captureData"][side]["data"] for side in line["captureData"]}
        for key, (line,) in captured(s3, name).items()
    }
    assert data["AllTraffic"] == {"endpointInput": ROW.decode(), "endpointOutput": answer}
    assert data["Shadow"]["endpointInput"] == ROW.decode()
    assert float(data["Shadow"]["endpointOutput"]) != float(answer)


def test_an_update_begins_a_shadow_and_ends_it(
    client: Callable[..., Any], models: tuple[str, str, str], shadowed: Callable[..., str]
) -> None:
    sagemaker, runtime, cloudwatch = client("sagemaker"), client("sagemaker-runtime"), client("cloudwatch")
    name = shadowed(models[1])
    alone = f"alone-{next(NUMBERS)}"
    sagemaker.create_endpoint_config(EndpointConfigName=alone, ProductionVariants=[variant(models[0])])
    invoke(runtime, name, ROW)
    sagemaker.update_endpoint(EndpointName=name, EndpointConfigName=alone)
    assert "ShadowProductionVariants" not in settled(sagemaker, name)
    # What it has answered is told after its end, too.
    wait_until(lambda: counted(cloudwatch, name, "Invocations", "Shadow") == 1)
    sagemaker.update_endpoint(EndpointName=name, EndpointConfigName=name)
    pending = sagemaker.describe_endpoint(EndpointName=name)["PendingDeploymentSummary"]
    assert [one["VariantName"] for one in pending["ShadowProductionVariants"]] == ["Shadow"]
    assert "ShadowProductionVariants" in settled(sagemaker, name)


def test_a_shadow_that_does_not_start_leaves_the_endpoint_as_it_was(
    sagemaker: Any, s3: Any, models: tuple[str, str, str], shadowed: Callable[..., str]
) -> None:
    name, broken = shadowed(models[1]), f"broken-{next(NUMBERS)}"
    s3.put_object(Bucket=BUCKET, Key="broken.tar.gz", Body=b"no archive")
    sagemaker.create_model(**model_request(broken, f"s3://{BUCKET}/broken.tar.gz"))
    sagemaker.create_endpoint_config(
        EndpointConfigName=broken,
        ProductionVariants=[variant(models[0])],
        ShadowProductionVariants=[variant(broken, "Shadow")],
    )
    sagemaker.update_endpoint(EndpointName=name, EndpointConfigName=broken)
    found = settled(sagemaker, name)
    assert (found["EndpointStatus"], found["EndpointConfigName"]) == ("InService", name)
    assert "Failed to extract model data archive" in found["FailureReason"]


def test_there_is_one_of_each_with_instances_and_one_container(
    sagemaker: Any, models: tuple[str, str, str]
) -> None:
    def refusal(production: list[Any], shadows: list[Any], **members: Any) -> tuple[str, str]:
        return refused(
            sagemaker.create_endpoint_config,
            EndpointConfigName="c",
            ProductionVariants=production,
            ShadowProductionVariants=shadows,
            **members,
        )

    one, other, shadow = (variant(models[0], name) for name in ("a", "b", "s"))
    assert "2 ProductionVariants and 1 ShadowProductionVariants" in refusal([one, other], [shadow])[1]
    assert "1 ProductionVariants and 2 ShadowProductionVariants" in refusal([one], [shadow, other])[1]
    assert refusal([one], [variant(models[1], "a")])[1].startswith("Production variant names must be unique")
    serverless = {
        "VariantName": "a",
        "ModelName": models[0],
        "ServerlessConfig": {"MemorySizeInMB": 1024, "MaxConcurrency": 1},
    }
    assert refusal([serverless], [shadow]) == UNSUPPORTED
    assert "shadow variants have instances" in refusal([one], [{**serverless, "VariantName": "s"}])[1]
    queued = {"AsyncInferenceConfig": {"OutputConfig": {"S3OutputPath": f"s3://{BUCKET}/answers"}}}
    assert refusal([one], [shadow], **queued) == UNSUPPORTED
