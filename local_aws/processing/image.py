"""The images that processing jobs run."""

import re
import sys
from pathlib import Path

import local_aws
from local_aws.errors import ValidationError
from local_aws.state.resources import JsonObject

# The images whose purpose is to run the user's Python script.
_PYTHON_IMAGES = (
    "sagemaker-scikit-learn",
    "sagemaker-xgboost",
    "sagemaker-base-python-38",
    "sagemaker-base-python-310",
)
_ANALYZER = "sagemaker-model-monitor-analyzer"
_IMAGE_URI = re.compile(r"\d{12}\.dkr\.ecr\.[a-z0-9-]+\.[a-z0-9.]+/(?P<repository>[^:@]+)([:@].+)?")
_PACKAGE_PARENT = Path(local_aws.__file__).resolve().parents[1]


def _repository(uri: str) -> str | None:
    image = _IMAGE_URI.fullmatch(uri)
    return image["repository"] if image else None


def runs_analyzer(specification: JsonObject) -> bool:
    """Tell whether an AppSpecification has the analyzer of Model Monitor."""
    return _repository(specification["ImageUri"]) == _ANALYZER


def check_application(specification: JsonObject) -> None:
    """Check the image and the command of an AppSpecification.

    Raises:
        ValidationError: Local AWS cannot run them.
    """
    if runs_analyzer(specification):
        for member in ("ContainerEntrypoint", "ContainerArguments"):
            if member in specification:
                raise ValidationError(
                    f"Local AWS has no AppSpecification.{member} for {_ANALYZER}, which runs its own "
                    "analysis."
                )
        return
    if _repository(specification["ImageUri"]) not in _PYTHON_IMAGES:
        raise ValidationError(
            f'Local AWS cannot process with the image "{specification["ImageUri"]}". It runs scripts for '
            "these SageMaker images, of any version and under any registry account: "
            f"{', '.join(_PYTHON_IMAGES)}; and the analysis of {_ANALYZER}."
        )
    if "ContainerEntrypoint" not in specification:
        raise ValidationError("Local AWS needs the command as AppSpecification.ContainerEntrypoint.")


def container_config(request: JsonObject) -> JsonObject:
    """Return what the container of a job is told in place of its request: how the analyzer starts."""
    specification = request["AppSpecification"]
    if not runs_analyzer(specification):
        return {}
    return {
        "AppSpecification": {
            **specification,
            "ContainerEntrypoint": [sys.executable, "-P", "-m", "local_aws.processing.analyzer"],
        },
        "Environment": {**request.get("Environment", {}), "PYTHONPATH": str(_PACKAGE_PARENT)},
    }
