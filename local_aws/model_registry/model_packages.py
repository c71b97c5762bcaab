"""CreateModelPackage, DescribeModelPackage, UpdateModelPackage, DeleteModelPackage and ListModelPackages."""

import time

from local_aws.errors import AwsError, ValidationError
from local_aws.model_registry.container_definition import check_container
from local_aws.model_registry.model_package import ModelPackage, find_model_package
from local_aws.model_registry.model_package_group import find_model_package_group
from local_aws.protocol import tags
from local_aws.protocol.listing import page_of
from local_aws.state.resources import JsonObject, Region

# The members that UpdateModelPackage replaces as a whole.
_REPLACED = (
    "ModelApprovalStatus",
    "ModelPackageRegistrationType",
    "ApprovalDescription",
    "InferenceSpecification",
    "SourceUri",
    "ModelCard",
    "ModelLifeCycle",
)


def create_model_package(region: Region, request: JsonObject) -> JsonObject:
    """Register a model by itself, or as the next version of a group."""
    token = request.get("ClientToken")
    for package in region.of(ModelPackage).values():
        # A request that is sent once more makes nothing more.
        if token is not None and package.request.get("ClientToken") == token:
            return {"ModelPackageArn": package.arn}
    if "ModelPackageName" in request and "ModelPackageGroupName" in request:
        raise ValidationError(
            "Both ModelPackageName and ModelPackageGroupName are provided in the input. Cannot determine "
            "which one to use."
        )
    for definition in request.get("InferenceSpecification", {}).get("Containers", []):
        check_container(region, definition, "inferenceSpecification.containers.1.member")
    package = _new_version(region, request) if "ModelPackageGroupName" in request else _new(region, request)
    region.of(ModelPackage)[package.name] = package
    return {"ModelPackageArn": package.arn}


def _new(region: Region, request: JsonObject) -> ModelPackage:
    if "ModelPackageName" not in request:
        raise ValidationError("Missing ARN.")
    name = request["ModelPackageName"]
    arn = region.arn(ModelPackage, name)
    if region.with_arn(arn) is not None:
        raise AwsError("ConflictException", f"Model Package already exists: {arn}")
    return ModelPackage(name=name, arn=arn, request=request, tags=tags.from_request(request))


def _new_version(region: Region, request: JsonObject) -> ModelPackage:
    group = find_model_package_group(region, request["ModelPackageGroupName"])
    labels = tags.from_request(request)
    group.latest_version += 1
    group.versions += 1
    name = f"{group.name}/{group.latest_version}"
    return ModelPackage(
        name=name,
        arn=region.arn(ModelPackage, name),
        request={"ModelApprovalStatus": "PendingManualApproval", **request},
        tags=labels,
        group_name=group.name,
        version=group.latest_version,
    )


def describe_model_package(region: Region, request: JsonObject) -> JsonObject:
    """Describe a model package."""
    return find_model_package(region, request["ModelPackageName"]).describe()


def update_model_package(region: Region, request: JsonObject) -> JsonObject:
    """Approve or reject a model package, or change its description."""
    package = find_model_package(region, request["ModelPackageArn"])
    for definition in request.get("InferenceSpecification", {}).get("Containers", []):
        check_container(region, definition, "inferenceSpecification.containers.1.member")
    replaced = {member: request[member] for member in _REPLACED if member in request}
    removed = request.get("CustomerMetadataPropertiesToRemove", [])
    # An update before may have left neither.
    metadata = (package.request.get("CustomerMetadataProperties") or {}) | request.get(
        "CustomerMetadataProperties", {}
    )
    additional = [
        *(package.request.get("AdditionalInferenceSpecifications") or []),
        *request.get("AdditionalInferenceSpecificationsToAdd", []),
    ]
    package.request = {
        **package.request,
        **replaced,
        "CustomerMetadataProperties": {key: metadata[key] for key in metadata if key not in removed} or None,
        "AdditionalInferenceSpecifications": additional or None,
    }
    package.last_modified_time = time.time()
    return {"ModelPackageArn": package.arn}


def delete_model_package(region: Region, request: JsonObject) -> JsonObject:
    """Remove a model package. Models that were made from it stay."""
    package = find_model_package(region, request["ModelPackageName"])
    del region.of(ModelPackage)[package.name]
    if package.group_name is not None:
        find_model_package_group(region, package.group_name).versions -= 1
    return {}


def list_model_packages(region: Region, request: JsonObject) -> JsonObject:
    """List model packages, the oldest first. Without a group and a type, list those that are in no group."""
    packages = list(region.of(ModelPackage).values())
    wanted = request.get("ModelPackageType", "Unversioned")
    if "ModelPackageGroupName" in request:
        group = find_model_package_group(region, request["ModelPackageGroupName"])
        packages = [package for package in packages if package.group_name == group.name]
    elif wanted != "Both":
        is_version = wanted == "Versioned"
        packages = [package for package in packages if (package.version is not None) == is_version]
    approval = request.get("ModelApprovalStatus")
    page, token = page_of(
        packages,
        request,
        "Ascending",
        wanted=lambda package: approval in (None, package.request.get("ModelApprovalStatus")),
    )
    summaries = [
        {**package.describe(), "ModelPackageName": package.name if package.version is None else None}
        for package in page
    ]
    return {"ModelPackageSummaryList": summaries, "NextToken": token}


OPERATIONS = {
    "CreateModelPackage": create_model_package,
    "DescribeModelPackage": describe_model_package,
    "UpdateModelPackage": update_model_package,
    "DeleteModelPackage": delete_model_package,
    "ListModelPackages": list_model_packages,
}
