"""A script of the user's in place of the image's own server, as the Environment of a container names it.

Source: the SageMaker Python SDK, whose XGBoostModel, SKLearnModel and ModelBuilder write these variables.
"""

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import local_aws
from local_aws.algorithms.registry import Algorithm
from local_aws.algorithms.script.program import check_program
from local_aws.algorithms.script.serving_variables import ALGORITHM
from local_aws.errors import ValidationError
from local_aws.opt_ml import CONTAINER_BASE, OptMl
from local_aws.storage.archive import extract
from local_aws.storage.objects import S3Url, Storage

_PROGRAM, _DIRECTORY = "SAGEMAKER_PROGRAM", "SAGEMAKER_SUBMIT_DIRECTORY"
_INSIDE = OptMl(CONTAINER_BASE)
# Where the source is extracted to, and where the SDKs put it in the model archive.
_CODE, _IN_MODEL = CONTAINER_BASE / "code", _INSIDE.model / "code"
_PACKAGE_PARENT = Path(local_aws.__file__).resolve().parents[1]


@dataclass(frozen=True)
class ServingScript:
    """A user's program with a `model_fn`, and where it is."""

    program: str
    """Its path in the source."""
    source: S3Url | None
    """The archive of the source, a tar.gz. None where it is in the model archive."""
    directory: Path
    """The folder of the source in the container."""

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Self | None:
        """Return the script of a container. None where the image's own server serves.

        Raises:
            ValidationError: There is a half of it, or what could not be run.
        """
        program, directory = environment.get(_PROGRAM), environment.get(_DIRECTORY, str(_IN_MODEL))
        if not program:
            if _DIRECTORY in environment:
                raise ValidationError(f"The container's Environment has {_DIRECTORY}, and no {_PROGRAM}.")
            return None
        check_program(_PROGRAM, program)
        if directory.startswith("s3://"):
            return cls(program, S3Url.parse(directory), _CODE)
        place = Path(directory)
        if ".." in place.parts or not place.is_relative_to(_INSIDE.model):
            raise ValidationError(
                f"Local AWS cannot read {_DIRECTORY} {directory}. It has to be a tar.gz on S3, s3://..., or "
                f"a folder of the model archive, such as {_IN_MODEL}."
            )
        return cls(program, None, place)

    def write(
        self, opt_ml: OptMl, storage: Storage, environment: Mapping[str, str], algorithm: Algorithm
    ) -> None:
        """Write the source and the description that the container's entrypoint reads.

        Raises:
            DataError: The archive is absent, or cannot be opened.
        """
        if self.source is not None:
            code = opt_ml.at(str(_CODE))
            shutil.rmtree(code, ignore_errors=True)
            code.mkdir()
            extract(storage.read(self.source), code)
        opt_ml.processing_config.parent.mkdir(exist_ok=True)
        module = ["python3", "-P", "-m", "local_aws.containers.script_server", f"{_INSIDE.model}/"]
        folder = self.directory / Path(self.program).parent
        config = {
            "AppSpecification": {"ContainerEntrypoint": module},
            "Environment": {
                **environment,
                ALGORITHM: algorithm.name,
                "PYTHONPATH": f"{folder}:{self.directory}:{_PACKAGE_PARENT}",
            },
        }
        opt_ml.processing_config.write_text(json.dumps(config))
