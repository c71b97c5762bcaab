"""Models through the API."""

from typing import Any

import pytest

from tests.aws.answers import refused
from tests.aws.processing_jobs import SCIKIT_LEARN
from tests.aws.sagemaker_requests import IMAGE, ROLE
from tests.aws.training_data import BUCKET

KNN = "382416733822.dkr.ecr.us-east-1.amazonaws.com/knn:1"
ARN = "arn:aws:sagemaker:us-east-1:123456789012:model/"


def request(name: str, **container: Any) -> dict[str, Any]:
    return {"ModelName": name, "ExecutionRoleArn": ROLE, "PrimaryContainer": {"Image": IMAGE, **container}}


def test_a_models_life(sagemaker: Any, model_data: str) -> None:
    made = request("Lifetime", ModelDataUrl=model_data, Environment={"A": "b"})
    assert sagemaker.create_model(**made)["ModelArn"] == f"{ARN}lifetime"
    described = sagemaker.describe_model(ModelName="Lifetime")
    assert described["PrimaryContainer"].items() >= made["PrimaryContainer"].items()
    assert described["ExecutionRoleArn"] == ROLE
    sagemaker.delete_model(ModelName="Lifetime")
    gone = ("ValidationException", f'Could not find model "{ARN}lifetime".')
    assert refused(sagemaker.describe_model, ModelName="Lifetime") == gone
    assert refused(sagemaker.delete_model, ModelName="Lifetime") == gone


def test_a_name_is_used_once_whatever_its_case(sagemaker: Any, model_data: str) -> None:
    sagemaker.create_model(**request("twice", ModelDataUrl=model_data))
    answer = refused(sagemaker.create_model, **request("Twice", ModelDataUrl=model_data))
    assert answer == ("ValidationException", f'Cannot create already existing model "{ARN}twice".')


@pytest.mark.usefixtures("s3")
@pytest.mark.parametrize(
    ("container", "message"),
    [
        (
            {"ModelDataUrl": f"s3://{BUCKET}/none.tar.gz"},
            f"Could not find model data at s3://{BUCKET}/none.tar.gz.",
        ),
        ({}, "Local AWS needs the model archive as ModelDataUrl."),
        (
            {"Environment": {"SAGEMAKER_PROGRAM": "serve.py"}},
            "Local AWS needs the model archive as ModelDataUrl.",
        ),
        (
            {"Image": KNN, "Environment": {"SAGEMAKER_PROGRAM": "serve.py"}},
            "Local AWS has no script mode for knn:1, and would ignore serve.py, which SAGEMAKER_PROGRAM of",
        ),
        (
            {"Environment": {"SAGEMAKER_PROGRAM": "../serve.py"}},
            "Local AWS cannot run SAGEMAKER_PROGRAM ../serve.py. It runs a Python file (.py), by its path in",
        ),
        (
            {"Environment": {"SAGEMAKER_SUBMIT_DIRECTORY": "/opt/ml/model/code"}},
            "The container's Environment has SAGEMAKER_SUBMIT_DIRECTORY, and no SAGEMAKER_PROGRAM.",
        ),
        *[
            (
                {
                    "Environment": {
                        "SAGEMAKER_PROGRAM": "serve.py",
                        "SAGEMAKER_SUBMIT_DIRECTORY": directory,
                    }
                },
                f"Local AWS cannot read SAGEMAKER_SUBMIT_DIRECTORY {directory}. It has to be a tar.gz on S3,",
            )
            for directory in ("file:///home", "/opt/ml/model/../code", "/etc")
        ],
        (
            {"Image": SCIKIT_LEARN},
            (
                "The image sagemaker-scikit-learn:1.2-1 has no server of its own. Name your script as "
                "SAGEMAKER_PROGRAM in the container's Environment."
            ),
        ),
        ({"Image": "busybox"}, 'Local AWS cannot run the image "busybox".'),
    ],
)
def test_refusals(sagemaker: Any, container: dict[str, Any], message: str) -> None:
    code, text = refused(sagemaker.create_model, **request("refused", **container))
    assert code == "ValidationException"
    assert text.startswith(message)


def test_a_container_may_be_listed(sagemaker: Any, model_data: str) -> None:
    container = {"Image": IMAGE, "ModelDataUrl": model_data}
    sagemaker.create_model(ModelName="listed", ExecutionRoleArn=ROLE, Containers=[container])
    (shown,) = sagemaker.describe_model(ModelName="listed")["Containers"]
    source = {"S3DataSource": {"S3Uri": model_data, "S3DataType": "S3Object", "CompressionType": "Gzip"}}
    # AWS shows these members whether or not they were given.
    assert shown == {**container, "Mode": "SingleModel", "Environment": {}, "ModelDataSource": source}
    # What is shown can be asked for.
    sagemaker.create_model(ModelName="listed-again", ExecutionRoleArn=ROLE, Containers=[shown])
    assert sagemaker.describe_model(ModelName="listed-again")["Containers"] == [shown]


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"Containers": []}, "A model needs a PrimaryContainer, or Containers."),
        (
            {"Containers": [{"ContainerHostname": "a"}, {"ContainerHostname": "a"}]},
            "Each container of an inference pipeline must have a ContainerHostname of its own, or none must",
        ),
        (
            {"Containers": [{"ContainerHostname": "a"}, {}]},
            "Each container of an inference pipeline must have a ContainerHostname of its own, or none must",
        ),
        (
            {"Containers": [{}, {"Image": "busybox"}]},
            'Local AWS cannot run the image "busybox".',
        ),
        (
            {"Containers": [{}, {}], "InferenceExecutionConfig": {"Mode": "Direct"}},
            (
                "Local AWS has no InferenceExecutionConfig.Mode Direct in CreateModel: the containers of a "
                "model answer one after the other"
            ),
        ),
        (
            {
                "Containers": [
                    {"Environment": {"SAGEMAKER_PROGRAM": "a.py", "SAGEMAKER_SUBMIT_DIRECTORY": "s3://b/c"}}
                ],
                "EnableNetworkIsolation": True,
            },
            "EnableNetworkIsolation keeps the container from s3://b/c. Put the script into the model archive",
        ),
    ],
    ids=["none", "same-names", "one-name", "image", "direct", "isolated"],
)
def test_refusals_of_several_containers(
    sagemaker: Any, model_data: str, members: dict[str, Any], message: str
) -> None:
    made = {"Image": IMAGE, "ModelDataUrl": model_data}
    members["Containers"] = [{**made, **container} for container in members["Containers"]]
    code, text = refused(sagemaker.create_model, ModelName="several", ExecutionRoleArn=ROLE, **members)
    assert code == "ValidationException"
    assert text.startswith(message)
