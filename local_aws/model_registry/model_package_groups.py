"""CreateModelPackageGroup, DescribeModelPackageGroup, DeleteModelPackageGroup and ListModelPackageGroups."""

from local_aws.errors import AwsError, ValidationError
from local_aws.model_registry.model_package_group import ModelPackageGroup, find_model_package_group
from local_aws.protocol import tags
from local_aws.protocol.listing import page_of
from local_aws.state.resources import JsonObject, Region


def create_model_package_group(region: Region, request: JsonObject) -> JsonObject:
    """Register a group without versions."""
    name = request["ModelPackageGroupName"]
    arn = region.arn(ModelPackageGroup, name)
    if region.with_arn(arn) is not None:
        raise ValidationError(f"Model Package Group already exists: {arn}")
    region.of(ModelPackageGroup)[name] = ModelPackageGroup(
        name=name, arn=arn, request=request, tags=tags.from_request(request)
    )
    return {"ModelPackageGroupArn": arn}


def describe_model_package_group(region: Region, request: JsonObject) -> JsonObject:
    """Describe a group."""
    return find_model_package_group(region, request["ModelPackageGroupName"]).describe()


def delete_model_package_group(region: Region, request: JsonObject) -> JsonObject:
    """Remove a group that has no versions left."""
    group = find_model_package_group(region, request["ModelPackageGroupName"])
    if group.versions:
        raise AwsError(
            "ConflictException",
            f"Model Package Group {group.arn} cannot be deleted: it holds {group.versions} model packages.",
        )
    del region.of(ModelPackageGroup)[group.name]
    return {}


def list_model_package_groups(region: Region, request: JsonObject) -> JsonObject:
    """List groups, the oldest first."""
    page, token = page_of(region.of(ModelPackageGroup).values(), request, "Ascending")
    return {"ModelPackageGroupSummaryList": [group.describe() for group in page], "NextToken": token}


OPERATIONS = {
    "CreateModelPackageGroup": create_model_package_group,
    "DescribeModelPackageGroup": describe_model_package_group,
    "DeleteModelPackageGroup": delete_model_package_group,
    "ListModelPackageGroups": list_model_package_groups,
}
