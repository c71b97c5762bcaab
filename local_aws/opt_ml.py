"""The /opt/ml layout that SageMaker gives its containers.

Source: "How Amazon SageMaker Runs Your Training Image" and "How SageMaker Loads Your Model Artifacts",
"How Amazon SageMaker Processing Configures Input and Output For Your Processing Container".
"""

import os
from dataclasses import dataclass
from pathlib import Path

CONTAINER_BASE = Path("/opt/ml")


@dataclass(frozen=True)
class OptMl:
    """The paths below a container's /opt/ml, which here is any directory."""

    base: Path

    @property
    def config(self) -> Path:
        """The directory of hyperparameters.json, resourceconfig.json and inputdataconfig.json."""
        return self.base / "input" / "config"

    @property
    def hyperparameters(self) -> Path:
        """A JSON object of strings."""
        return self.config / "hyperparameters.json"

    @property
    def resource_config(self) -> Path:
        """The hosts that train together, and which of them this is."""
        return self.config / "resourceconfig.json"

    @property
    def input_data_config(self) -> Path:
        """A JSON object: channel name to content type, input mode and distribution."""
        return self.config / "inputdataconfig.json"

    def channel(self, name: str) -> Path:
        """The directory that holds a channel's files."""
        return self.base / "input" / "data" / name

    @property
    def model(self) -> Path:
        """Where a training job leaves its model, and an endpoint finds it."""
        return self.base / "model"

    @property
    def output(self) -> Path:
        """Where a training job leaves what is not the model."""
        return self.base / "output"

    @property
    def output_data(self) -> Path:
        """What a training job wants kept beside its model: SageMaker packs it as output.tar.gz."""
        return self.output / "data"

    @property
    def checkpoints(self) -> Path:
        """Where a training job keeps its checkpoints. It exists where the job has a CheckpointConfig."""
        return self.base / "checkpoints"

    @property
    def failure(self) -> Path:
        """Why a training job failed: its beginning becomes the job's FailureReason."""
        return self.output / "failure"

    @property
    def processing_config(self) -> Path:
        """A processing job's own description: entrypoint, arguments, environment and the rest."""
        return self.base / "config" / "processingjobconfig.json"

    @property
    def processing_resource_config(self) -> Path:
        """The hosts that process together, and which of them this is."""
        return self.base / "config" / "resourceconfig.json"

    @property
    def message(self) -> Path:
        """What a processing job wants to say: its beginning becomes the job's ExitMessage."""
        return self.output / "message"

    def at(self, path: str) -> Path:
        """Where a path of the container lies here.

        Args:
            path: An absolute path, for instance a LocalPath.

        Raises:
            ValueError: It is not below /opt/ml.
        """
        normal = Path(os.path.normpath(path))
        if not normal.is_relative_to(CONTAINER_BASE):
            raise ValueError(f"{path} is not below {CONTAINER_BASE}")
        return self.base / normal.relative_to(CONTAINER_BASE)

    def create(self) -> None:
        """Makes the directories."""
        for directory in (self.config, self.model, self.output):
            directory.mkdir(parents=True)
