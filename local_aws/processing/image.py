"""The images that processing jobs run."""

import re
import sys
from pathlib import Path

import local_aws
from local_aws.algorithms.registry import is_built_in
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


def is_of_others(specification: JsonObject) -> bool:
    """Tell whether the image of an AppSpecification is not SageMaker's: nobody here knows what is in it."""
    repository = _repository(specification["ImageUri"])
    if repository is None or repository.startswith("sagemaker-"):
        return False
    return not is_built_in(repository)


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
    uri, command = specification["ImageUri"], specification.get("ContainerEntrypoint")
    if _repository(uri) not in _PYTHON_IMAGES and not is_of_others(specification):
        raise ValidationError(
            f'Local AWS cannot process with the image "{uri}". It runs scripts for '
            "these SageMaker images, of any version and under any registry account: "
            f"{', '.join(_PYTHON_IMAGES)}; for images in ECR that are not SageMaker's, by python3 of this "
            f"environment; and the analysis of {_ANALYZER}."
        )
    if command is None:
        raise ValidationError("Local AWS needs the command as AppSpecification.ContainerEntrypoint.")
    if is_of_others(specification) and command[0] != "python3":
        raise ValidationError(
            f'Local AWS has no image "{uri}", whose command "{command[0]}" may be anything: it runs python3.'
        )


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
