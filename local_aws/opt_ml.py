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
    """The paths below a container's /opt/ml, which may be any directory here."""

    base: Path

    @property
    def config(self) -> Path:
        """The directory of hyperparameters.json, resourceconfig.json and inputdataconfig.json."""
        return self.base / "input" / "config"

    @property
    def hyperparameters(self) -> Path:
        """The file of the hyperparameters: a JSON object of strings."""
        return self.config / "hyperparameters.json"

    @property
    def resource_config(self) -> Path:
        """The file that names the hosts that train together, and which of them this is."""
        return self.config / "resourceconfig.json"

    @property
    def input_data_config(self) -> Path:
        """The file of the channels: a JSON object of name to content type, input mode and distribution."""
        return self.config / "inputdataconfig.json"

    def channel(self, name: str) -> Path:
        """Return the directory that holds a channel's files."""
        return self.base / "input" / "data" / name

    @property
    def model(self) -> Path:
        """The directory in which a training job leaves its model, and an endpoint finds it."""
        return self.base / "model"

    @property
    def output(self) -> Path:
        """The directory in which a training job leaves what is not the model."""
        return self.base / "output"

    @property
    def output_data(self) -> Path:
        """The directory of what a training job keeps beside its model. It becomes output.tar.gz."""
        return self.output / "data"

    @property
    def checkpoints(self) -> Path:
        """The directory of a training job's checkpoints. It exists where the job has a CheckpointConfig."""
        return self.base / "checkpoints"

    @property
    def failure(self) -> Path:
        """The file that says why a training job failed. Its beginning becomes the job's FailureReason."""
        return self.output / "failure"

    @property
    def processing_config(self) -> Path:
        """The file that describes a processing job: its entrypoint, arguments, environment and the rest."""
        return self.base / "config" / "processingjobconfig.json"

    @property
    def processing_resource_config(self) -> Path:
        """The file that names the hosts that process together, and which of them this is."""
        return self.base / "config" / "resourceconfig.json"

    @property
    def message(self) -> Path:
        """The file of a processing job's message. Its beginning becomes the job's ExitMessage."""
        return self.output / "message"

    @property
    def cloudwatch_metrics(self) -> Path:
        """The directory in which a processing job leaves metrics for CloudWatch."""
        return self.output / "metrics" / "cloudwatch"

    @property
    def temporary(self) -> Path:
        """The directory for temporary files. A script finds it as /tmp, too."""
        return self.base / "tmp"

    def at(self, path: str) -> Path:
        """Return where a path of the container is on this machine.

        Args:
            path: An absolute path, for instance a LocalPath.

        Raises:
            ValueError: The path is not below /opt/ml.
        """
        normal = Path(os.path.normpath(path))
        if not normal.is_relative_to(CONTAINER_BASE):
            raise ValueError(f"{path} is not below {CONTAINER_BASE}")
        return self.base / normal.relative_to(CONTAINER_BASE)

    def create(self) -> None:
        """Make the directories."""
        for directory in (self.config, self.model, self.output, self.temporary):
            directory.mkdir(parents=True)
