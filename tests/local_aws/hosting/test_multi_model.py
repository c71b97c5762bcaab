"""Endpoints of several models: each is loaded from below one prefix when a request first names it."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import psutil
import pytest
import xgboost

from tests.aws.answers import refused
from tests.aws.endpoints import delete, invoke, settled
from tests.aws.processing_jobs import SCIKIT_LEARN
from tests.aws.sagemaker_requests import IMAGE, ROLE, variant
from tests.aws.training_data import BUCKET, as_csv
from tests.aws.transform_jobs import transform_request
from tests.local_aws.hosting.model_archives import archive
from tests.services.local_aws_server import LocalAwsServer

PREFIX = f"s3://{BUCKET}/several/"
SEVERAL = {"Image": IMAGE, "Mode": "MultiModel", "ModelDataUrl": PREFIX}
ROW = b"0.5,0.1,-0.2"
KMEANS = "382416733822.dkr.ecr.us-east-1.amazonaws.com/kmeans:1"
HALVES = """
def model_fn(model_dir):
    return 0.5

def transform_fn(model, body, content_type, accept):
    return ",".join(str(float(cell) * model) for cell in body.split(",")), "text/csv"
"""
EXCLUDED = "One or more endpoint features are not supported using this configuration."


@pytest.fixture(scope="module")
def boosters(s3: Any, rows: np.ndarray) -> dict[str, xgboost.Booster]:
    """Two models, by the path of their archives below the prefix."""
    data = xgboost.DMatrix(rows[:, 1:], rows[:, 0])
    made = {
        path: xgboost.train({"objective": "binary:logistic"}, data, rounds)
        for path, rounds in (("one.tar.gz", 1), ("deeper/five.tar.gz", 5))
    }
    for path, booster in made.items():
        packed = archive(**{"xgboost-model": bytes(booster.save_raw("ubj"))})
        s3.put_object(Bucket=BUCKET, Key=f"several/{path}", Body=packed)
    return made


def make_model(sagemaker: Any, name: str, *containers: dict[str, Any]) -> None:
    sagemaker.create_model(ModelName=name, ExecutionRoleArn=ROLE, Containers=list(containers))


def deploy(sagemaker: Any, name: str, *containers: dict[str, Any]) -> dict[str, Any]:
    make_model(sagemaker, name, *containers)
    sagemaker.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[variant(name)])
    sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)
    return settled(sagemaker, name)


@pytest.fixture(scope="module")
def several(sagemaker: Any, boosters: dict[str, xgboost.Booster]) -> Iterator[str]:
    assert boosters
    endpoint = deploy(sagemaker, "of-several", SEVERAL)
    assert endpoint["EndpointStatus"] == "InService"
    (shown,) = endpoint["ProductionVariants"]
    assert [image["SpecifiedImage"] for image in shown["DeployedImages"]] == [IMAGE]
    yield "of-several"
    delete(sagemaker, "of-several")


def processes(server: LocalAwsServer) -> set[int]:
    children = psutil.Process(server.process.pid).children()
    return {child.pid for child in children if child.status() != psutil.STATUS_ZOMBIE}


def test_the_model_that_a_request_names_answers(
    *,
    server: LocalAwsServer,
    runtime: Any,
    rows: np.ndarray,
    boosters: dict[str, xgboost.Booster],
    several: str,
) -> None:
    asked = as_csv(rows[:20, 1:])
    started = []
    for path, booster in boosters.items():
        before = processes(server)
        scores = [float(line) for line in invoke(runtime, several, asked, TargetModel=path)["Body"].split()]
        expected = booster.predict(xgboost.DMatrix(rows[:20, 1:]))
        np.testing.assert_allclose(scores, expected, rtol=1e-6)
        started.append(len(processes(server) - before))
    # Each is loaded once.
    assert started == [1, 1]
    before = processes(server)
    invoke(runtime, several, asked, TargetModel="one.tar.gz")
    assert processes(server) == before


def test_a_model_may_come_later(runtime: Any, s3: Any, boosters: dict[str, Any], several: str) -> None:
    assert boosters
    code, message = refused(
        runtime.invoke_endpoint, EndpointName=several, Body=ROW, TargetModel="later.tar.gz"
    )
    assert code == "ValidationError"
    assert message.startswith(
        f'Failed to download model data for container "container_1" from URL: "{PREFIX}later.tar.gz".'
    )
    s3.copy_object(Bucket=BUCKET, Key="several/later.tar.gz", CopySource=f"{BUCKET}/several/one.tar.gz")
    later = invoke(runtime, several, ROW, TargetModel="later.tar.gz")["Body"]
    assert later == invoke(runtime, several, ROW, TargetModel="one.tar.gz")["Body"]


def test_a_request_without_a_model_and_a_model_that_is_none(runtime: Any, s3: Any, several: str) -> None:
    code, message = refused(runtime.invoke_endpoint, EndpointName=several, Body=ROW)
    assert (code, message.startswith("Request ")) == ("ValidationError", True)
    assert message.endswith(" is missing a target model header.")
    s3.put_object(Bucket=BUCKET, Key="several/bad.tar.gz", Body=archive(**{"xgboost-model": b"none"}))
    code, message = refused(runtime.invoke_endpoint, EndpointName=several, Body=ROW, TargetModel="bad.tar.gz")
    assert code == "ModelError"
    assert message.startswith(
        'Received server error (500) from primary with message "The model bad.tar.gz cannot be loaded'
    )
    # The others go on.
    invoke(runtime, several, ROW, TargetModel="one.tar.gz")


def test_without_a_cache_a_model_goes_after_its_answer(
    server: LocalAwsServer, sagemaker: Any, runtime: Any, boosters: dict[str, Any]
) -> None:
    assert boosters
    deploy(sagemaker, "uncached", SEVERAL | {"MultiModelConfig": {"ModelCacheSetting": "Disabled"}})
    before = processes(server)
    invoke(runtime, "uncached", ROW, TargetModel="one.tar.gz")
    assert processes(server) == before
    delete(sagemaker, "uncached")


def test_it_may_be_one_container_of_a_pipeline(
    sagemaker: Any, runtime: Any, s3: Any, boosters: dict[str, xgboost.Booster]
) -> None:
    s3.put_object(
        Bucket=BUCKET,
        Key="several-scripts/halves.tar.gz",
        Body=archive(**{"code/halves.py": HALVES.encode()}),
    )
    halves = {
        "Image": SCIKIT_LEARN,
        "ModelDataUrl": f"s3://{BUCKET}/several-scripts/halves.tar.gz",
        "Environment": {"SAGEMAKER_PROGRAM": "halves.py", "SAGEMAKER_SUBMIT_DIRECTORY": "/opt/ml/model/code"},
    }
    deploy(sagemaker, "halved", halves, SEVERAL)
    answer = invoke(runtime, "halved", b"3,2,-1", TargetModel="one.tar.gz")["Body"]
    expected = boosters["one.tar.gz"].predict(xgboost.DMatrix(np.array([[1.5, 1.0, -0.5]])))
    assert float(answer) == pytest.approx(float(expected[0]))
    delete(sagemaker, "halved")


def test_a_model_of_several_is_described_as_it_was_made(sagemaker: Any, several: str) -> None:
    (shown,) = sagemaker.describe_model(ModelName=several)["Containers"]
    assert shown == {**SEVERAL, "Environment": {}}


@pytest.mark.parametrize(
    ("containers", "message"),
    [
        (
            [SEVERAL | {"Image": KMEANS}],
            (
                f"Your Ecr Image {KMEANS} does not contain required "
                "com.amazonaws.sagemaker.capabilities.multi-models=true Docker label(s)."
            ),
        ),
        (
            [SEVERAL, SEVERAL],
            "More than one container in MultiModel mode is not supported with inference pipeline.",
        ),
    ],
)
def test_refusals_of_models(sagemaker: Any, containers: list[dict[str, Any]], message: str) -> None:
    answer = refused(
        sagemaker.create_model, ModelName="refused", ExecutionRoleArn=ROLE, Containers=containers
    )
    assert answer == ("ValidationException", message)


def test_what_goes_with_one_model_alone_is_refused(sagemaker: Any, several: str) -> None:
    serverless = {
        "VariantName": "v",
        "ModelName": several,
        "ServerlessConfig": {"MemorySizeInMB": 1024, "MaxConcurrency": 1},
    }
    answers_later = {"AsyncInferenceConfig": {"OutputConfig": {"S3OutputPath": f"s3://{BUCKET}/answers"}}}
    for members in (
        {"ProductionVariants": [serverless]},
        {"ProductionVariants": [variant(several)], **answers_later},
    ):
        answer = refused(sagemaker.create_endpoint_config, EndpointConfigName="refused", **members)
        assert answer == ("ValidationException", EXCLUDED)
    code, message = refused(sagemaker.create_transform_job, **transform_request("refused", ModelName=several))
    assert code == "ValidationException"
    assert message.startswith(f"Local AWS cannot transform by model {several}: it is of several models")
