"""Endpoint configurations through the API."""

from typing import Any

import pytest

from tests.local_aws.conftest import IMAGE, ROLE, refused

ARN = "arn:aws:sagemaker:us-east-1:123456789012:endpoint-config/"


def variant(model: str, name: str = "AllTraffic") -> dict[str, Any]:
    return {"VariantName": name, "ModelName": model, "InitialInstanceCount": 1, "InstanceType": "ml.m5.large"}


def test_a_configurations_life(sagemaker: Any, model_data: str) -> None:
    container = {"Image": IMAGE, "ModelDataUrl": model_data}
    sagemaker.create_model(ModelName="configured", ExecutionRoleArn=ROLE, PrimaryContainer=container)
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
