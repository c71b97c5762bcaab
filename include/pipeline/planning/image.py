"""The URI of SageMaker's built-in XGBoost image, in any region that the sagemaker package knows."""

from include.pipeline.errors import ParamError


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
        rule = str(error).rstrip(".").replace(" You may need to upgrade your SDK version", "")
        raise ParamError(
            f"image_version = {version!r} in region {region!r}",
            f"the sagemaker package names an image for it ({rule})",
            "Choose a version from the list, or the region of the AWS connection",
        ) from None
    return uri
