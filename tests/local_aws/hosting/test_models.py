"""Models through the API."""

from typing import Any

import pytest

from tests.aws.answers import refused
from tests.aws.sagemaker_requests import IMAGE, ROLE
from tests.aws.training_data import BUCKET

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
            "Local AWS has no script mode: it serves with the algorithm of the image, and would ignore",
        ),
        (
            {"Mode": "MultiModel"},
            "Local AWS has no PrimaryContainer.Mode MultiModel in CreateModel: a model serves one archive.",
        ),
        ({"Image": "busybox"}, 'Local AWS cannot run the image "busybox".'),
    ],
)
def test_refusals(sagemaker: Any, container: dict[str, Any], message: str) -> None:
    code, text = refused(sagemaker.create_model, **request("refused", **container))
    assert code == "ValidationException"
    assert text.startswith(message)


def test_a_model_has_one_container(sagemaker: Any, model_data: str) -> None:
    container = {"Image": IMAGE, "ModelDataUrl": model_data}
    sagemaker.create_model(ModelName="listed", ExecutionRoleArn=ROLE, Containers=[container])
    (shown,) = sagemaker.describe_model(ModelName="listed")["Containers"]
    source = {"S3DataSource": {"S3Uri": model_data, "S3DataType": "S3Object", "CompressionType": "Gzip"}}
    # AWS shows these members whether or not they were given.
    assert shown == {**container, "Mode": "SingleModel", "Environment": {}, "ModelDataSource": source}
    # What is shown can be asked for.
    sagemaker.create_model(ModelName="listed-again", ExecutionRoleArn=ROLE, Containers=[shown])
    assert sagemaker.describe_model(ModelName="listed-again")["Containers"] == [shown]
    assert refused(
        sagemaker.create_model, ModelName="two", ExecutionRoleArn=ROLE, Containers=[container, container]
    )[1].startswith("Local AWS serves models of exactly one container, not of 2.")
