"""The URI of an image of SageMaker's own, in any region that has it."""

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
        ParamError: The table of registries, which is the sagemaker package's, has no such version or region.
    """
    hosts = _known_images(algorithm)
    if version not in hosts:
        raise ParamError(
            f"image_version = {version!r}",
            f"one of {', '.join(hosts)}",
            "Choose a version from the list",
        )
    if region not in hosts[version]:
        raise ParamError(
            f"image_version = {version!r} in region {region!r}",
            f"a region that has this image: {', '.join(sorted(hosts[version]))}",
            "Choose another version, or the region of the AWS connection",
        )
    return hosts[version][region]


@cache
def _known_images(algorithm: AlgorithmName) -> dict[str, dict[str, str]]:
    """Return each version's URI by region, as write_registries.py wrote it."""
    file = resources.files("include.sagemaker_images") / f"{algorithm}_registries.json"
    table = json.loads(file.read_text(encoding="utf-8"))
    return {
        version: {region: f"{host}/{table['images'][version]}" for region, host in registry["hosts"].items()}
        for registry in table["registries"]
        for version in registry["versions"]
    }
