"""AWS's checks of the container definition of a model or model package."""

from local_aws.algorithms.registry import find_algorithm, has_own_model, runs_scripts
from local_aws.errors import ValidationError
from local_aws.model_registry.serving_script import ServingScript
from local_aws.protocol.request_validation import missing_member
from local_aws.state.resources import JsonObject, Region
from local_aws.storage.objects import S3Url


def is_multi_model(definition: JsonObject) -> bool:
    """Tell whether a container serves several models, whose archives lie below its ModelDataUrl."""
    return bool(definition.get("Mode") == "MultiModel")


def check_container(region: Region, definition: JsonObject, path: str) -> None:
    """Check that there is an algorithm for a container's image, and that its model archive exists.

    Args:
        region: The region whose S3 holds the archive.
        definition: Image, ModelDataUrl and Environment: a ContainerDefinition, or that of a model package.
        path: The path of the definition in its request, for messages.

    Raises:
        ValidationError: There is no image, no algorithm or script for it, or no archive.
    """
    if "Image" not in definition:
        raise missing_member(f"{path}.image")
    algorithm = find_algorithm(definition["Image"])
    script = ServingScript.of(definition.get("Environment", {}))
    if script is not None and not runs_scripts(algorithm):
        raise ValidationError(
            f"Local AWS has no script mode for {algorithm.image}, and would ignore {script.program}, which "
            "SAGEMAKER_PROGRAM of the container's Environment names. Leave it out."
        )
    if script is None and not has_own_model(algorithm):
        raise ValidationError(
            f"The image {algorithm.image} has no server of its own. Name your script as SAGEMAKER_PROGRAM in "
            "the container's Environment."
        )
    if "ModelDataUrl" not in definition:
        raise ValidationError("Local AWS needs the model archive as ModelDataUrl.")
    if is_multi_model(definition):
        if not algorithm.is_multi_model:
            raise ValidationError(
                f"Your Ecr Image {definition['Image']} does not contain required "
                "com.amazonaws.sagemaker.capabilities.multi-models=true Docker label(s)."
            )
        # Models may be put there, or taken away, at any later time.
        return
    if not region.storage.exists(S3Url.parse(definition["ModelDataUrl"])):
        raise ValidationError(f"Could not find model data at {definition['ModelDataUrl']}.")


def check_isolation(request: JsonObject, definition: JsonObject) -> None:
    """Refuse a script that a container of a model without network could not fetch.

    Raises:
        ValidationError: It asks for EnableNetworkIsolation, and the script is not in the model archive.
    """
    script = ServingScript.of(definition.get("Environment", {}))
    if request.get("EnableNetworkIsolation") and script is not None and script.source is not None:
        # SageMaker's toolkit fetches the source inside the container.
        raise ValidationError(
            f"EnableNetworkIsolation keeps the container from {script.source}. Put the script into the model "
            "archive, below code/."
        )
