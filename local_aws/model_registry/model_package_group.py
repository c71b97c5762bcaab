"""A model package group: the versions of one model."""

from dataclasses import dataclass
from typing import ClassVar

from local_aws.errors import ValidationError
from local_aws.state.resources import JsonObject, Region, Resource


@dataclass(kw_only=True, eq=False)
class ModelPackageGroup(Resource):
    """The versions of one model."""

    KIND: ClassVar[str] = "model-package-group"
    status: str | None = "Completed"
    latest_version: int = 0
    """The number of the version that was registered last. Numbers are not used again."""
    versions: int = 0
    """The number of versions that exist."""

    def describe(self) -> JsonObject:
        """Return the members of DescribeModelPackageGroup's answer."""
        return {
            **self.request,
            "ModelPackageGroupArn": self.arn,
            "ModelPackageGroupStatus": self.status,
            "CreationTime": self.creation_time,
            "CreatedBy": {},
        }


def find_model_package_group(region: Region, name: str) -> ModelPackageGroup:
    """Return a group.

    Args:
        region: The region that it is in.
        name: Its name or its ARN.

    Raises:
        ValidationError: `ModelPackageGroup arn... does not exist.`
    """
    arn = name if name.startswith("arn:") else region.arn(ModelPackageGroup, name)
    group = region.with_arn(arn)
    if not isinstance(group, ModelPackageGroup):
        raise ValidationError(f"ModelPackageGroup {arn} does not exist.")
    return group
