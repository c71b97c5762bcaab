"""A model package: a model that is registered to be deployed."""

from dataclasses import dataclass
from typing import ClassVar

from local_aws.errors import ValidationError
from local_aws.state.resources import JsonObject, Region, Resource


@dataclass(kw_only=True, eq=False)
class ModelPackage(Resource):
    """A model that can be deployed: a version of a group, named `<group>/<version>`, or a model by itself."""

    KIND: ClassVar[str] = "model-package"
    status: str | None = "Completed"
    group_name: str | None = None
    """The name of the group that it is a version of. None where it is by itself."""
    version: int | None = None
    """Its number in the group, from 1. None where it is by itself."""

    @property
    def container(self) -> JsonObject:
        """The definition of the container that serves it.

        Raises:
            ValidationError: It is not approved, or does not have exactly one container.
        """
        if self.group_name is not None and self.request["ModelApprovalStatus"] != "Approved":
            # API reference, CreateModelPackage: ModelApprovalStatus.
            raise ValidationError(
                f"Model package {self.arn} has the approval status {self.request['ModelApprovalStatus']}: a "
                "versioned model must be Approved to be deployed."
            )
        containers = self.request.get("InferenceSpecification", {}).get("Containers", [])
        if len(containers) != 1:
            raise ValidationError(
                f"Local AWS serves model packages of exactly one container, not of {len(containers)}."
            )
        definition: JsonObject = containers[0]
        return definition

    def describe(self) -> JsonObject:
        """Return the members of DescribeModelPackage's answer. Members that are None are to be left out."""
        return {
            "CertifyForMarketplace": False,
            **self.request,
            "ModelPackageName": self.group_name or self.name,
            "ModelPackageGroupName": self.group_name,
            "ModelPackageVersion": self.version,
            "ModelPackageArn": self.arn,
            "ModelPackageStatus": self.status,
            "ModelPackageStatusDetails": {"ValidationStatuses": [], "ImageScanStatuses": []},
            "CreationTime": self.creation_time,
            "CreatedBy": {},
            "LastModifiedTime": self.last_modified_time,
            "LastModifiedBy": {},
        }


def find_model_package(region: Region, name: str) -> ModelPackage:
    """Return a model package.

    Args:
        region: The region that it is in.
        name: Its name, `<group>/<version>`, or its ARN.

    Raises:
        ValidationError: `Model package ... not found`.
    """
    package = region.with_arn(name if name.startswith("arn:") else region.arn(ModelPackage, name))
    if not isinstance(package, ModelPackage):
        raise ValidationError(f"Model package {name} not found")
    return package
