"""CreateEndpointConfig, DescribeEndpointConfig, DeleteEndpointConfig and ListEndpointConfigs."""

from local_aws.errors import ValidationError
from local_aws.hosting.endpoint_config import EndpointConfig
from local_aws.hosting.model import Model
from local_aws.hosting.resource import find_hosted, free_hosted_arn
from local_aws.jobs.local_storage import check_volume_key
from local_aws.protocol import tags
from local_aws.protocol.listing import page_of
from local_aws.state.resources import JsonObject, Region

# API reference, ProductionVariantServerlessConfig: MemorySizeInMB is in steps of 1 GB.
_MEMORY_STEP = 1024


def create_endpoint_config(region: Region, request: JsonObject) -> JsonObject:
    """Register an endpoint configuration, after AWS's checks of its variants and their models."""
    name = request["EndpointConfigName"]
    arn = free_hosted_arn(region, EndpointConfig, name)
    production, shadows = request["ProductionVariants"], request.get("ShadowProductionVariants", [])
    if shadows and (len(production), len(shadows)) != (1, 1):
        raise ValidationError(
            f"{len(production)} ProductionVariants and {len(shadows)} ShadowProductionVariants: with "
            "ShadowProductionVariants, an endpoint configuration has one of each."
        )
    variants = [*production, *shadows]
    names = [variant["VariantName"] for variant in variants]
    if len(set(names)) < len(names):
        raise ValidationError("Production variant names must be unique within an endpoint configuration.")
    models = []
    for variant in variants:
        if "ModelName" not in variant:
            raise ValidationError("Local AWS needs a ModelName in each production variant.")
        if ("ServerlessConfig" in variant) == ("InstanceType" in variant):
            raise ValidationError(
                f"Production variant {variant['VariantName']} must have either a ServerlessConfig or an "
                "InstanceType."
            )
        memory = variant.get("ServerlessConfig", {}).get("MemorySizeInMB", _MEMORY_STEP)
        if memory % _MEMORY_STEP:
            raise ValidationError(
                f"Production variant {variant['VariantName']}: MemorySizeInMB is {memory}; it has to be "
                "one of 1024, 2048, 3072, 4096, 5120, 6144."
            )
        check_volume_key(variant.get("InstanceType"), request.get("KmsKeyId"), "KmsKeyId")
        models.append(find_hosted(region, Model, variant["ModelName"]))
    _check_features(request, models)
    region.of(EndpointConfig)[name] = EndpointConfig(
        name=name, arn=arn, request=request, tags=tags.from_request(request)
    )
    return {"EndpointConfigArn": arn}


def _check_features(request: JsonObject, models: list[Model]) -> None:
    """Check capture, asynchronous inference, shadow variants and models of several models.

    Raises:
        ValidationError: A serverless variant has none of these (developer guide, "Feature exclusions"), a
            shadow variant none of the others but capture ("Shadow tests: Exclusions"), and no model is named
            to an asynchronous endpoint, in AWS's words; or a place on S3 is written in another form than
            local AWS reads.
    """
    output = request.get("AsyncInferenceConfig", {}).get("OutputConfig", {})
    captures = request.get("DataCaptureConfig", {})
    is_serverless = any("ServerlessConfig" in variant for variant in request["ProductionVariants"])
    is_multi_model = any(model.is_multi_model for model in models)
    has_several = is_multi_model or any(model.is_pipeline for model in models)
    if request.get("ShadowProductionVariants") and (
        is_serverless or has_several or "AsyncInferenceConfig" in request
    ):
        raise ValidationError("One or more endpoint features are not supported using this configuration.")
    if is_multi_model and (is_serverless or "AsyncInferenceConfig" in request):
        raise ValidationError("One or more endpoint features are not supported using this configuration.")
    if is_serverless and ("AsyncInferenceConfig" in request or captures.get("EnableCapture", bool(captures))):
        raise ValidationError("One or more endpoint features are not supported using this configuration.")
    for members, name in (
        (output, "S3OutputPath"),
        (output, "S3FailurePath"),
        (captures, "DestinationS3Uri"),
    ):
        if not members.get(name, "s3://").startswith("s3://"):
            raise ValidationError(f"Local AWS has no {name} {members[name]}; write it as s3://bucket/prefix.")


def describe_endpoint_config(region: Region, request: JsonObject) -> JsonObject:
    """Describe an endpoint configuration."""
    config = find_hosted(region, EndpointConfig, request["EndpointConfigName"])
    return {
        "EnableNetworkIsolation": False,
        **config.request,
        "EndpointConfigArn": config.arn,
        "CreationTime": config.creation_time,
    }


def delete_endpoint_config(region: Region, request: JsonObject) -> JsonObject:
    """Remove an endpoint configuration. Endpoints that were made from it go on."""
    del region.of(EndpointConfig)[find_hosted(region, EndpointConfig, request["EndpointConfigName"]).name]
    return {}


def list_endpoint_configs(region: Region, request: JsonObject) -> JsonObject:
    """List endpoint configurations, the newest first."""
    page, token = page_of(region.of(EndpointConfig).values(), request, "Descending")
    configs = [
        {
            "EndpointConfigName": config.name,
            "EndpointConfigArn": config.arn,
            "CreationTime": config.creation_time,
        }
        for config in page
    ]
    return {"EndpointConfigs": configs, "NextToken": token}


OPERATIONS = {
    "CreateEndpointConfig": create_endpoint_config,
    "DescribeEndpointConfig": describe_endpoint_config,
    "DeleteEndpointConfig": delete_endpoint_config,
    "ListEndpointConfigs": list_endpoint_configs,
}
