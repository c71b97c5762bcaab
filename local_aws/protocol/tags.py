"""AddTags, ListTags and DeleteTags, for resources of every kind."""

from local_aws.errors import ValidationError
from local_aws.protocol.moto_services.tagged_records import TaggedRecord
from local_aws.state.resources import JsonObject, Region, Resource

_MOST_TAGS = 50


def from_request(request: JsonObject) -> dict[str, str]:
    """Return the tags of a Create request.

    Raises:
        ValidationError: A key occurs twice, or is kept for AWS.
    """
    tags = {tag["Key"]: tag["Value"] for tag in request.get("Tags", [])}
    if any(key.lower().startswith("aws:") for key in tags):
        raise ValidationError("aws: prefixed tag key names are not allowed for external use.")
    if len({key.lower() for key in tags}) < len(request.get("Tags", [])):
        raise ValidationError("Duplicate tag keys found. Please note that Tag keys are case insensitive.")
    return tags


def _tagged(region: Region, arn: str) -> Resource | TaggedRecord:
    resource = region.with_arn(arn) or TaggedRecord.find(region.account, region.name, arn)
    if resource is None:
        raise ValidationError(f'Could not find resource "{arn}".')
    return resource


def _as_list(tags: dict[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def add_tags(region: Region, request: JsonObject) -> JsonObject:
    """Add tags to a resource, or change their values."""
    resource = _tagged(region, request["ResourceArn"])
    tags = resource.tags | from_request(request)
    if len(tags) > _MOST_TAGS:
        raise ValidationError(f"A resource cannot have more than {_MOST_TAGS} tags.")
    resource.tags = tags
    return {"Tags": _as_list(tags)}


def list_tags(region: Region, request: JsonObject) -> JsonObject:
    """List a resource's tags. They always fit into one answer."""
    return {"Tags": _as_list(_tagged(region, request["ResourceArn"]).tags)}


def delete_tags(region: Region, request: JsonObject) -> JsonObject:
    """Remove tags by key. Absent ones count as removed."""
    resource = _tagged(region, request["ResourceArn"])
    resource.tags = {key: value for key, value in resource.tags.items() if key not in request["TagKeys"]}
    return {}


OPERATIONS = {"AddTags": add_tags, "ListTags": list_tags, "DeleteTags": delete_tags}
