"""AWS's checks of the container definition of a model or model package."""

from local_aws.algorithms.registry import find_algorithm
from local_aws.errors import ValidationError
from local_aws.protocol.request_validation import missing_member
from local_aws.state.resources import JsonObject, Region
from local_aws.storage.objects import S3Url


def check_container(region: Region, definition: JsonObject, path: str) -> None:
    """Check that there is an algorithm for a container's image, and that its model archive exists.

    Args:
        region: The region whose S3 holds the archive.
        definition: Image, ModelDataUrl and Environment: a ContainerDefinition, or that of a model package.
        path: The path of the definition in its request, for messages.

    Raises:
        ValidationError: There is no image, no algorithm for it, or no archive.
    """
    if "Image" not in definition:
        raise missing_member(f"{path}.image")
    find_algorithm(definition["Image"])
    if script := definition.get("Environment", {}).get("SAGEMAKER_PROGRAM"):
        raise ValidationError(
            f"Local AWS has no script mode: it serves with the algorithm of the image, and would ignore "
            f"{script}, which SAGEMAKER_PROGRAM of the container's Environment names. Leave it out."
        )
    if "ModelDataUrl" not in definition:
        raise ValidationError("Local AWS needs the model archive as ModelDataUrl.")
    if not region.storage.exists(S3Url.parse(definition["ModelDataUrl"])):
        raise ValidationError(f"Could not find model data at {definition['ModelDataUrl']}.")
