"""CreateEndpoint, DescribeEndpoint, UpdateEndpoint, DeleteEndpoint and ListEndpoints."""

import logging
import time
from dataclasses import dataclass, field
from typing import ClassVar

from include.local_aws import tags
from include.local_aws.aws_errors import ValidationError
from include.local_aws.endpoint_configs import EndpointConfig, find_endpoint_config
from include.local_aws.endpoint_variant import DeploymentError, EndpointVariant, start_variant
from include.local_aws.listing import page_of
from include.local_aws.models import Model, find_model
from include.local_aws.resources import JsonObject, Region, Resource

_LOG = logging.getLogger(__name__)


@dataclass(kw_only=True, eq=False)
class Endpoint(Resource):
    """An endpoint.

    Attributes:
        config_name: The endpoint configuration that it has, or is getting.
        variants: The variants that serve.
    """

    KIND: ClassVar[str] = "endpoint"
    config_name: str
    status: str | None = "Creating"
    variants: list[EndpointVariant] = field(default_factory=list)
    failure_reason: str | None = None

    def enter(self, status: str) -> None:
        """Goes to another status."""
        self.status = status
        self.last_modified_time = time.time()


def _find(region: Region, name: str) -> Endpoint:
    if name not in region.of(Endpoint):
        raise ValidationError(f'Could not find endpoint "{region.arn(Endpoint, name)}".')
    return region.of(Endpoint)[name]


def _find_settled(region: Region, name: str) -> Endpoint:
    endpoint = _find(region, name)
    if endpoint.status not in ("InService", "Failed"):
        raise ValidationError(f'Cannot update in-progress endpoint "{endpoint.arn}".')
    return endpoint


def create_endpoint(region: Region, request: JsonObject) -> JsonObject:
    """Begins to deploy an endpoint."""
    name = request["EndpointName"]
    arn = region.arn(Endpoint, name)
    if region.with_arn(arn) is not None:
        raise ValidationError(f'Cannot create already existing endpoint "{arn}".')
    config = find_endpoint_config(region, request["EndpointConfigName"])
    models = _models(region, config)
    endpoint = Endpoint(
        name=name, arn=arn, request=request, tags=tags.from_request(request), config_name=config.name
    )
    region.of(Endpoint)[name] = endpoint
    region.background.run_deployment(_deploy, region, endpoint, config, models)
    return {"EndpointArn": arn}


def update_endpoint(region: Region, request: JsonObject) -> JsonObject:
    """Begins to replace an endpoint's variants; the old ones serve until the new ones are up."""
    endpoint = _find_settled(region, request["EndpointName"])
    config = find_endpoint_config(region, request["EndpointConfigName"])
    models = _models(region, config)
    endpoint.failure_reason = None
    endpoint.enter("Updating")
    region.background.run_deployment(_deploy, region, endpoint, config, models)
    return {"EndpointArn": endpoint.arn}


def delete_endpoint(region: Region, request: JsonObject) -> JsonObject:
    """Begins to end an endpoint's processes; then it is gone."""
    endpoint = _find_settled(region, request["EndpointName"])
    endpoint.enter("Deleting")
    region.background.run_deployment(_remove, region, endpoint)
    return {}


def describe_endpoint(region: Region, request: JsonObject) -> JsonObject:
    """Describes an endpoint."""
    endpoint = _find(region, request["EndpointName"])
    variants = [
        {
            "VariantName": variant.name,
            "DeployedImages": [{"SpecifiedImage": variant.image, "ResolutionTime": endpoint.creation_time}],
            "CurrentWeight": variant.weight,
            "DesiredWeight": variant.weight,
            "CurrentInstanceCount": variant.spec.get("InitialInstanceCount"),
            "DesiredInstanceCount": variant.spec.get("InitialInstanceCount"),
        }
        for variant in endpoint.variants
    ]
    return {
        "EndpointName": endpoint.name,
        "EndpointArn": endpoint.arn,
        "EndpointConfigName": endpoint.config_name,
        "ProductionVariants": variants or None,
        "EndpointStatus": endpoint.status,
        "FailureReason": endpoint.failure_reason,
        "CreationTime": endpoint.creation_time,
        "LastModifiedTime": endpoint.last_modified_time,
    }


def list_endpoints(region: Region, request: JsonObject) -> JsonObject:
    """Lists endpoints, the newest first."""
    page, token = page_of(region.of(Endpoint).values(), request, "Descending")
    endpoints = [describe_endpoint(region, {"EndpointName": endpoint.name}) for endpoint in page]
    return {"Endpoints": endpoints, "NextToken": token}


def _models(region: Region, config: EndpointConfig) -> list[Model]:
    """The models of a configuration's variants: deleting one later changes nothing."""
    return [find_model(region, variant["ModelName"]) for variant in config.variants]


def _deploy(region: Region, endpoint: Endpoint, config: EndpointConfig, models: list[Model]) -> None:
    """Brings new variants up and lets them take over, or leaves everything as it was."""
    started: list[EndpointVariant] = []
    try:
        for spec, model in zip(config.variants, models, strict=True):
            started.append(start_variant(region, endpoint.name, spec, model))
        for variant in started:
            variant.await_health()
    except Exception as error:
        for variant in started:
            variant.close()
        if not isinstance(error, DeploymentError):
            _LOG.exception("endpoint %s failed inside local AWS", endpoint.name)
        with region.lock:
            endpoint.failure_reason = str(error)
            endpoint.enter("InService" if endpoint.variants else "Failed")
        return
    with region.lock:
        replaced, endpoint.variants = endpoint.variants, started
        endpoint.config_name = config.name
        endpoint.enter("InService")
    for variant in replaced:
        variant.drain()
        variant.close()


def _remove(region: Region, endpoint: Endpoint) -> None:
    for variant in endpoint.variants:
        variant.close()
    with region.lock:
        del region.of(Endpoint)[endpoint.name]


OPERATIONS = {
    "CreateEndpoint": create_endpoint,
    "DescribeEndpoint": describe_endpoint,
    "UpdateEndpoint": update_endpoint,
    "DeleteEndpoint": delete_endpoint,
    "ListEndpoints": list_endpoints,
}
