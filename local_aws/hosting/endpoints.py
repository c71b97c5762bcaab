"""CreateEndpoint, UpdateEndpoint and the other operations on endpoints."""

from local_aws.errors import ValidationError
from local_aws.hosting.alarms import check_alarms
from local_aws.hosting.deployment import Deployment
from local_aws.hosting.endpoint import Endpoint, PendingDeployment
from local_aws.hosting.endpoint_config import EndpointConfig
from local_aws.hosting.resource import find_hosted, free_hosted_arn
from local_aws.hosting.rollout import change, deploy, remove
from local_aws.hosting.traffic import TrafficPlan
from local_aws.protocol import tags
from local_aws.protocol.listing import page_of
from local_aws.state.resources import JsonObject, Region

# The members of a variant that RetainAllVariantProperties of UpdateEndpoint retains, by VariantPropertyType.
_RETAINED = {"DesiredWeight": "InitialVariantWeight", "DesiredInstanceCount": "InitialInstanceCount"}


def _find_settled(region: Region, name: str) -> Endpoint:
    endpoint = find_hosted(region, Endpoint, name)
    if endpoint.status not in ("InService", "Failed"):
        raise ValidationError(f'Cannot update in-progress endpoint "{endpoint.arn}".')
    return endpoint


def create_endpoint(region: Region, request: JsonObject) -> JsonObject:
    """Register an endpoint, and begin to deploy it."""
    name = request["EndpointName"]
    arn = free_hosted_arn(region, Endpoint, name)
    deployment = Deployment.of(region, find_hosted(region, EndpointConfig, request["EndpointConfigName"]))
    # A first deployment has no old fleet. Its configuration is there for an update to retain.
    config = request.get("DeploymentConfig")
    check_alarms(region, TrafficPlan.of(config, deployment.variants).alarms)
    endpoint = Endpoint(
        name=name,
        arn=arn,
        request=request,
        tags=tags.from_request(request),
        deployment=deployment,
        last_deployment_config=config,
    )
    endpoint.pending = PendingDeployment(deployment=deployment)
    region.of(Endpoint)[name] = endpoint
    region.background.run_deployment(deploy, region, endpoint, deployment)
    return {"EndpointArn": arn}


def update_endpoint(region: Region, request: JsonObject) -> JsonObject:
    """Begin to replace an endpoint's variants. The old variants serve until the new ones are healthy."""
    endpoint = _find_settled(region, request["EndpointName"])
    deployment = Deployment.of(region, find_hosted(region, EndpointConfig, request["EndpointConfigName"]))
    if request.get("RetainAllVariantProperties", False):
        excluded = {
            kind["VariantPropertyType"] for kind in request.get("ExcludeRetainedVariantProperties", [])
        }
        members = [member for kind, member in _RETAINED.items() if kind not in excluded]
        deployment = deployment.changed(
            {
                variant.name: {member: variant.spec[member] for member in members if member in variant.spec}
                for variant in endpoint.variants
            }
        )
    config = request.get("DeploymentConfig")
    if config is None and request.get("RetainDeploymentConfig", False):
        config = endpoint.last_deployment_config
    traffic = TrafficPlan.of(config, deployment.variants)
    if config is not None:
        _check_names(endpoint, deployment)
        check_alarms(region, traffic.alarms)
    endpoint.last_deployment_config = config
    endpoint.failure_reason = None
    endpoint.pending = PendingDeployment(deployment=deployment)
    endpoint.enter("Updating")
    region.background.run_deployment(deploy, region, endpoint, deployment, traffic)
    return {"EndpointArn": endpoint.arn}


def _check_names(endpoint: Endpoint, deployment: Deployment) -> None:
    """Refuse other variants than the endpoint has: a deployment policy shifts traffic within each.

    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-exclusions.html
    """
    has = sorted(variant.name for variant in endpoint.variants)
    wanted = sorted(spec["VariantName"] for spec in deployment.variants)
    if has and has != wanted:
        raise ValidationError(
            f"The new endpoint configuration has the variants {wanted}, the endpoint {has}: with a "
            "deployment configuration, the names have to be the same."
        )


def update_endpoint_weights_and_capacities(region: Region, request: JsonObject) -> JsonObject:
    """Begin to give variants other weights or capacities."""
    endpoint = _find_settled(region, request["EndpointName"])
    specs = {variant.name: variant.spec for variant in endpoint.variants}
    changes: dict[str, JsonObject] = {}
    for wanted in request["DesiredWeightsAndCapacities"]:
        name = wanted["VariantName"]
        if name not in specs:
            raise ValidationError(f'Could not find variant "{name}" of endpoint "{endpoint.arn}".')
        changes[name] = {
            member: wanted[desired] for desired, member in _RETAINED.items() if desired in wanted
        }
        if "ServerlessUpdateConfig" in wanted:
            serverless = specs[name].get("ServerlessConfig", {}) | wanted["ServerlessUpdateConfig"]
            changes[name]["ServerlessConfig"] = serverless
    endpoint.enter("Updating")
    region.background.run_deployment(change, region, endpoint, endpoint.deployment.changed(changes))
    return {"EndpointArn": endpoint.arn}


def delete_endpoint(region: Region, request: JsonObject) -> JsonObject:
    """Begin to end an endpoint's processes. Once they have ended, the endpoint is removed."""
    endpoint = _find_settled(region, request["EndpointName"])
    endpoint.enter("Deleting")
    region.background.run_deployment(remove, region, endpoint)
    return {}


def describe_endpoint(region: Region, request: JsonObject) -> JsonObject:
    """Describe an endpoint."""
    return find_hosted(region, Endpoint, request["EndpointName"]).describe()


def list_endpoints(region: Region, request: JsonObject) -> JsonObject:
    """List endpoints, the newest first."""
    page, token = page_of(region.of(Endpoint).values(), request, "Descending")
    return {"Endpoints": [endpoint.describe() for endpoint in page], "NextToken": token}


def resume(region: Region) -> None:
    """Restore endpoints after a restart: deploy those that served, and finish what was begun."""
    for endpoint in list(region.of(Endpoint).values()):
        if endpoint.status == "Deleting":
            del region.of(Endpoint)[endpoint.name]
        elif endpoint.status != "Failed":
            endpoint.enter("Creating" if endpoint.status == "Creating" else "SystemUpdating")
            region.background.run_deployment(deploy, region, endpoint, endpoint.deployment)


OPERATIONS = {
    "CreateEndpoint": create_endpoint,
    "DescribeEndpoint": describe_endpoint,
    "UpdateEndpoint": update_endpoint,
    "UpdateEndpointWeightsAndCapacities": update_endpoint_weights_and_capacities,
    "DeleteEndpoint": delete_endpoint,
    "ListEndpoints": list_endpoints,
}
