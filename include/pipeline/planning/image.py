"""The URI of SageMaker's built-in XGBoost image, in any region that the sagemaker package knows."""

import re

from include.pipeline.errors import ParamError

_URI = re.compile(
    r"[0-9]{12}\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.[a-z0-9.-]+/(sagemaker-)?xgboost:(?P<tag>[A-Za-z0-9._-]+)"
)


def xgboost_image(region: str, version: str) -> str:
    """Look up the image, as the tutorial does for the four regions it lists.

    Raises:
        ParamError: The sagemaker package does not know the region or the version.
    """
    # Takes 4 s to import: only the task that asks for an image should pay.
    from sagemaker.core import image_uris

    try:
        uri: str = image_uris.retrieve("xgboost", region=region, version=version)
    except ValueError as error:
        said = str(error).rstrip(".").replace(" You may need to upgrade your SDK version", "")
        raise ParamError(
            f"image_version = {version!r} in region {region!r}: {said}",
            "the sagemaker package names an image for it",
            "Choose a version from the list, or the region of the AWS connection",
        ) from None
    return uri


def may_be_image(uri: str, region: str, version: str) -> bool:
    """Tell whether a URI reads as that of the version in the region; not whose registry it is."""
    found = _URI.fullmatch(uri)
    return (
        found is not None
        and found["region"] == region
        and (found["tag"] == version or found["tag"].startswith(f"{version}-cpu"))
    )
