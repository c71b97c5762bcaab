"""CreateModel, DescribeModel, DeleteModel and ListModels."""

from local_aws.errors import ValidationError
from local_aws.hosting.model import Model
from local_aws.hosting.resource import find_hosted, free_hosted_arn
from local_aws.model_registry.container_definition import (
    check_container,
    check_isolation,
    is_multi_model,
)
from local_aws.model_registry.model_package import find_model_package
from local_aws.protocol import tags
from local_aws.protocol.listing import page_of
from local_aws.state.resources import JsonObject, Region


def _containers(request: JsonObject) -> list[JsonObject]:
    primary = request.get("PrimaryContainer")
    return [primary] if primary is not None else request.get("Containers", [])


def _resolved(region: Region, container: JsonObject) -> JsonObject:
    """Return a container definition in which its model package, and ModelDataSource, are written out."""
    if "ModelDataSource" in container:
        # The archive by another name: member_answers.toml refuses what is no archive.
        container = {**container, "ModelDataUrl": container["ModelDataSource"]["S3DataSource"]["S3Uri"]}
    if "ModelPackageName" in container:
        package = find_model_package(region, container["ModelPackageName"])
        environment = package.container.get("Environment", {}) | container.get("Environment", {})
        container = {**container, **package.container, "Environment": environment}
    return container


def create_model(region: Region, request: JsonObject) -> JsonObject:
    """Register a model, after AWS's checks of its image and archive."""
    name = request["ModelName"]
    arn = free_hosted_arn(region, Model, name)
    containers = [_resolved(region, container) for container in _containers(request)]
    if not containers:
        raise ValidationError("A model needs a PrimaryContainer, or Containers.")
    if sum(map(is_multi_model, containers)) > 1:
        raise ValidationError(
            "More than one container in MultiModel mode is not supported with inference pipeline."
        )
    names = [container["ContainerHostname"] for container in containers if "ContainerHostname" in container]
    if len(set(names)) < len(names) or len(names) not in (0, len(containers)):
        raise ValidationError(
            "Each container of an inference pipeline must have a ContainerHostname of its own, or none must "
            "have one."
        )
    for number, container in enumerate(containers, start=1):
        path = "primaryContainer" if len(containers) == 1 else f"containers.{number}.member"
        check_container(region, container, path)
        check_isolation(request, container)
    region.of(Model)[name] = Model(
        name=name,
        arn=arn,
        request=request,
        tags=tags.from_request(request),
        container=containers[0],
        next_containers=containers[1:],
    )
    return {"ModelArn": arn}


def describe_model(region: Region, request: JsonObject) -> JsonObject:
    """Describe a model."""
    model = find_hosted(region, Model, request["ModelName"])
    return {
        "EnableNetworkIsolation": False,
        **model.request,
        **_shown_containers(model.request),
        "ModelArn": model.arn,
        "CreationTime": model.creation_time,
    }


def _shown_containers(request: JsonObject) -> JsonObject:
    """Return the containers of a request, with the members that AWS shows whether or not they were given."""
    shown = {member: request[member] for member in ("PrimaryContainer", "Containers") if member in request}
    return {
        member: [_shown(one) for one in given] if isinstance(given, list) else _shown(given)
        for member, given in shown.items()
    }


def _shown(container: JsonObject) -> JsonObject:
    if "ModelDataUrl" not in container or is_multi_model(container):
        return {"Mode": "SingleModel", "Environment": {}, **container}
    source = {
        "S3Uri": container["ModelDataUrl"],
        "S3DataType": "S3Object",
        "CompressionType": "Gzip",
    }
    return {
        "Mode": "SingleModel",
        "Environment": {},
        "ModelDataSource": {"S3DataSource": source},
        **container,
    }


def delete_model(region: Region, request: JsonObject) -> JsonObject:
    """Remove a model. Its archive stays, and endpoints that serve it go on."""
    del region.of(Model)[find_hosted(region, Model, request["ModelName"]).name]
    return {}


def list_models(region: Region, request: JsonObject) -> JsonObject:
    """List models, the newest first."""
    page, token = page_of(region.of(Model).values(), request, "Descending")
    models = [
        {"ModelName": model.name, "ModelArn": model.arn, "CreationTime": model.creation_time}
        for model in page
    ]
    return {"Models": models, "NextToken": token}


OPERATIONS = {
    "CreateModel": create_model,
    "DescribeModel": describe_model,
    "DeleteModel": delete_model,
    "ListModels": list_models,
}
