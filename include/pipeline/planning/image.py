"""The URI of an image of SageMaker's own, in any region that the sagemaker package knows."""

import json
from functools import cache
from importlib import resources

from include.pipeline.documents.training.algorithm import AlgorithmName
from include.pipeline.errors import ParamError


def built_in_image(algorithm: AlgorithmName, region: str, version: str) -> str:
    """Look up the image, as the tutorial does for the four regions it lists.

    Args:
        algorithm: Whose image it is.
        region: Where it is to run.
        version: Of the image.

    Raises:
        ParamError: Neither the table of registries nor the sagemaker package knows the region or the version.
    """
    return _known_images(algorithm, version).get(region) or _ask_package(algorithm, region, version)


@cache
def _known_images(algorithm: AlgorithmName, version: str) -> dict[str, str]:
    """Return the image's URI by region, as write_registries.py wrote it; nothing for an unknown version."""
    file = resources.files("include.sagemaker_images") / f"{algorithm}_registries.json"
    table = json.loads(file.read_text(encoding="utf-8"))
    return {
        region: f"{host}/{table['images'][version]}"
        for registry in table["registries"]
        if version in registry["versions"]
        for region, host in registry["hosts"].items()
    }


def _ask_package(algorithm: AlgorithmName, region: str, version: str) -> str:
    # Takes 4 s to import: it may be newer than the table.
    from sagemaker.core import image_uris

    try:
        uri: str = image_uris.retrieve(algorithm, region=region, version=version)
    except ValueError as error:
        said = str(error).rstrip(".").replace(" You may need to upgrade your SDK version", "")
        raise ParamError(
            f"image_version = {version!r} in region {region!r}: {said}",
            "the sagemaker package names an image for it",
            "Choose a version from the list, or the region of the AWS connection",
        ) from None
    return uri
