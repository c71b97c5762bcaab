"""A command of the user's in place of the image's own, as AlgorithmSpecification names it.

Source: API reference, AlgorithmSpecification; SDK 3's ModelTrainer runs its source_code so.
"""

import json
from dataclasses import dataclass
from typing import Self

from local_aws.algorithms.registry import Algorithm, runs_scripts
from local_aws.errors import ValidationError
from local_aws.opt_ml import OptMl
from local_aws.state.resources import JsonObject
from local_aws.storage.objects import Storage


@dataclass(frozen=True)
class Command:
    """A container's entrypoint, and its arguments."""

    entrypoint: tuple[str, ...]
    """The words of the entrypoint."""
    arguments: tuple[str, ...]
    """Its arguments."""

    @classmethod
    def of(cls, request: JsonObject, algorithm: Algorithm) -> Self | None:
        """Return the command of a training job. None where the image's own runs.

        Raises:
            ValidationError: There are arguments for the image's own, or the image is one that runs none.
        """
        specification = request["AlgorithmSpecification"]
        entrypoint = tuple(specification.get("ContainerEntrypoint", ()))
        arguments = tuple(specification.get("ContainerArguments", ()))
        if arguments and not entrypoint:
            raise ValidationError(
                "Local AWS has no AlgorithmSpecification.ContainerArguments without a ContainerEntrypoint "
                "that takes them."
            )
        if not entrypoint:
            return None
        if not runs_scripts(algorithm):
            raise ValidationError(
                f"Local AWS runs no AlgorithmSpecification.ContainerEntrypoint for {algorithm.image}: it "
                "runs commands for the XGBoost and scikit-learn images."
            )
        return cls(entrypoint, arguments)

    def write(self, opt_ml: OptMl, storage: Storage, request: JsonObject) -> None:  # noqa: ARG002 - it is no script
        """Write the description that the container's entrypoint reads."""
        opt_ml.processing_config.parent.mkdir(exist_ok=True)
        specification = {
            "ContainerEntrypoint": self.entrypoint,
            "ContainerArguments": self.arguments,
        }
        environment = {"TRAINING_JOB_NAME": request["TrainingJobName"], **request.get("Environment", {})}
        config = {"AppSpecification": specification, "Environment": environment}
        opt_ml.processing_config.write_text(json.dumps(config))

    def failure_reason(self, exit_code: int) -> str | None:  # noqa: ARG002 - it is no script
        """Return the FailureReason for an exit code: that of any container."""
        return None
