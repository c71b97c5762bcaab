"""Endpoint configurations through the API."""

from typing import Any

import pytest

from tests.aws.answers import refused
from tests.aws.sagemaker_requests import model_request, variant

ARN = "arn:aws:sagemaker:us-east-1:123456789012:endpoint-config/"


def test_a_configurations_life(sagemaker: Any, model_data: str) -> None:
    sagemaker.create_model(**model_request("configured", model_data))
    made = {"EndpointConfigName": "config-life", "ProductionVariants": [variant("configured")]}
    assert sagemaker.create_endpoint_config(**made)["EndpointConfigArn"] == f"{ARN}config-life"
    assert refused(sagemaker.create_endpoint_config, **made) == (
        "ValidationException",
        f'Cannot create already existing endpoint configuration "{ARN}config-life".',
    )
    described = sagemaker.describe_endpoint_config(EndpointConfigName="config-life")
    assert {member: described[member] for member in made} == made
    sagemaker.delete_endpoint_config(EndpointConfigName="config-life")
    gone = ("ValidationException", f'Could not find endpoint configuration "{ARN}config-life".')
    assert refused(sagemaker.describe_endpoint_config, EndpointConfigName="config-life") == gone
    assert refused(sagemaker.delete_endpoint_config, EndpointConfigName="config-life") == gone


def test_its_models_must_exist(sagemaker: Any) -> None:
    assert refused(
        sagemaker.create_endpoint_config, EndpointConfigName="c", ProductionVariants=[variant("absent")]
    ) == (
        "ValidationException",
        'Could not find model "arn:aws:sagemaker:us-east-1:123456789012:model/absent".',
    )


def test_variant_names_are_unique(sagemaker: Any) -> None:
    code, text = refused(
        sagemaker.create_endpoint_config,
        EndpointConfigName="c",
        ProductionVariants=[variant("a"), variant("b")],
    )
    assert code == "ValidationException"
    assert text.startswith("Production variant names must be unique")


@pytest.mark.parametrize(
    "members",
    [{}, {"InstanceType": "ml.m5.large", "ServerlessConfig": {"MemorySizeInMB": 1024, "MaxConcurrency": 1}}],
)
def test_a_variant_is_serverless_or_has_instances(sagemaker: Any, members: dict[str, Any]) -> None:
    spec = {"VariantName": "v", "ModelName": "m", **members}
    assert refused(sagemaker.create_endpoint_config, EndpointConfigName="c", ProductionVariants=[spec]) == (
        "ValidationException",
        "Production variant v must have either a ServerlessConfig or an InstanceType.",
    )


@pytest.mark.parametrize(
    ("instance_type", "is_taken"),
    [
        ("ml.m5.large", True),
        ("ml.c5.xlarge", True),
        ("ml.m5d.large", False),
        ("ml.g5.xlarge", False),
        ("ml.g4dn.xlarge", False),
    ],
)
def test_an_instance_with_local_storage_takes_no_key(
    sagemaker: Any, model_data: str, instance_type: str, is_taken: bool
) -> None:
    name = f"key-{instance_type.replace('.', '-')}"
    vpc = {"SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1"]}
    sagemaker.create_model(**model_request(name, model_data, VpcConfig=vpc, EnableNetworkIsolation=True))
    model = sagemaker.describe_model(ModelName=name)
    assert (model["VpcConfig"], model["EnableNetworkIsolation"]) == (vpc, True)
    request = {
        "EndpointConfigName": name,
        "KmsKeyId": "alias/endpoints",
        "ProductionVariants": [variant(name, InstanceType=instance_type)],
    }
    if is_taken:
        sagemaker.create_endpoint_config(**request)
        config = sagemaker.describe_endpoint_config(EndpointConfigName=name)
        assert config["KmsKeyId"] == "alias/endpoints"
    else:
        code, text = refused(sagemaker.create_endpoint_config, **request)
        assert (code, f"KmsKeyId is not supported for instance type {instance_type}" in text) == (
            "ValidationException",
            True,
        )


@pytest.mark.parametrize(
    ("members", "message"),
    [
        (
            {"DataCaptureConfig": {"DestinationS3Uri": "https://s3.amazonaws.com/bucket/captured"}},
            "Local AWS has no DestinationS3Uri https://s3.amazonaws.com/bucket/captured; write it as s3://",
        ),
        (
            {"AsyncInferenceConfig": {"OutputConfig": {"S3OutputPath": "https://bucket.s3/answers"}}},
            "Local AWS has no S3OutputPath https://bucket.s3/answers; write it as s3://bucket/prefix.",
        ),
    ],
)
def test_what_an_endpoint_would_not_do_is_refused(
    sagemaker: Any, endpoint: str, members: dict[str, Any], message: str
) -> None:
    capture = {
        "InitialSamplingPercentage": 100,
        "DestinationS3Uri": "s3://bucket/captured",
        "CaptureOptions": [{"CaptureMode": "Input"}],
    }
    if "DataCaptureConfig" in members:
        members = {"DataCaptureConfig": {**capture, **members["DataCaptureConfig"]}}
    code, text = refused(
        sagemaker.create_endpoint_config,
        EndpointConfigName="refused",
        ProductionVariants=[variant(endpoint)],
        **members,
    )
    assert code == "ValidationException"
    assert text.startswith(message)


def test_serverless_memory_is_in_steps_of_a_gigabyte(sagemaker: Any, endpoint: str) -> None:
    spec = {
        "VariantName": "v",
        "ModelName": endpoint,
        "ServerlessConfig": {"MemorySizeInMB": 1500, "MaxConcurrency": 1},
    }
    answer = refused(sagemaker.create_endpoint_config, EndpointConfigName="odd", ProductionVariants=[spec])
    steps = "1024, 2048, 3072, 4096, 5120, 6144"
    assert answer == (
        "ValidationException",
        f"Production variant v: MemorySizeInMB is 1500; it has to be one of {steps}.",
    )
