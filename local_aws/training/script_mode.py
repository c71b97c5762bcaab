"""Script mode: a program of the user's in place of the image's algorithm, as SageMaker's toolkit runs it.

Source: https://github.com/aws/sagemaker-training-toolkit: ENVIRONMENT_VARIABLES.md, params.py, mapping.py.
"""

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from local_aws.algorithms.script.program import check_program
from local_aws.errors import ValidationError
from local_aws.opt_ml import CONTAINER_BASE, OptMl
from local_aws.state.resources import JsonObject
from local_aws.storage.archive import extract
from local_aws.storage.objects import S3Url, Storage

_PREFIX = "sagemaker_"
_PROGRAM, _DIRECTORY = "sagemaker_program", "sagemaker_submit_directory"
# What SDKs always send, and what says where the job is and how much the toolkit itself logs.
_WITHOUT_EFFECT = (
    "sagemaker_container_log_level",
    "sagemaker_enable_cloudwatch_metrics",
    "sagemaker_job_name",
    "sagemaker_region",
    "sagemaker_s3_output",
)
_CODE = CONTAINER_BASE / "code"
# What the working directory of the program is, and that signals reach the program itself.
_IN_CODE = ["/bin/sh", "-c", f'cd {_CODE}/ && exec "$@"', "sh"]


@dataclass(frozen=True)
class Script:
    """A user's program, and what it is given."""

    program: str
    """Its path in the source archive."""
    source: S3Url
    """The archive: a tar.gz."""
    hyperparameters: Mapping[str, Any]
    """Those of the program itself, decoded: all but the toolkit's own."""

    @classmethod
    def of(cls, request: JsonObject, hyperparameters: Mapping[str, str]) -> Self | None:
        """Return the script of a training job. None where the algorithm of the image trains.

        Args:
            request: The request of the job.
            hyperparameters: Its HyperParameters. SDKs write each as JSON.

        Raises:
            ValidationError: There is a half of it, or what could not be run.
        """
        decoded = {name: _decoded(text) for name, text in hyperparameters.items()}
        program, directory = decoded.get(_PROGRAM), decoded.get(_DIRECTORY)
        if not program and not directory:
            return None
        if not (program and directory):
            raise ValidationError(f"Script mode needs both hyperparameters, {_PROGRAM} and {_DIRECTORY}.")
        known = (_PROGRAM, _DIRECTORY, *_WITHOUT_EFFECT)
        if others := sorted(name for name in decoded if name.startswith(_PREFIX) and name not in known):
            raise ValidationError(
                f"Local AWS has no {others[0]} in script mode; of the toolkit's hyperparameters it takes "
                f"{', '.join(known)}."
            )
        check_program(_PROGRAM, program)
        if not str(directory).startswith("s3://"):
            raise ValidationError(
                f"Local AWS cannot read {_DIRECTORY} {directory}. It has to be a tar.gz on S3, s3://..."
            )
        if request.get("EnableNetworkIsolation"):
            # SageMaker's toolkit fetches the source inside the container.
            raise ValidationError(
                f"EnableNetworkIsolation keeps the container from {directory}. Script mode needs the network."
            )
        own = {name: value for name, value in decoded.items() if not name.startswith(_PREFIX)}
        return cls(str(program), S3Url.parse(str(directory)), own)

    @property
    def arguments(self) -> list[str]:
        """Its arguments: `--name value` of each hyperparameter, in the order of the names."""
        return [
            word
            for name, value in sorted(self.hyperparameters.items())
            for word in (f"--{name}" if len(name) > 1 else f"-{name}", _as_argument(value))
        ]

    def failure_reason(self, exit_code: int) -> str | None:
        """Return the FailureReason for an exit code, in the toolkit's words."""
        command = " ".join(["python3", self.program, *self.arguments])
        return (
            f'AlgorithmError: ExecuteUserScriptError:\nExitCode {exit_code}\nErrorMessage ""\n'
            f'Command "{command}", exit code: {exit_code}'
        )

    def write(self, opt_ml: OptMl, storage: Storage, request: JsonObject) -> None:
        """Write the source and the description that the container's entrypoint reads.

        Raises:
            DataError: The archive is absent, or cannot be opened.
        """
        code = opt_ml.at(str(_CODE))
        # Another spot instance gets the source anew.
        shutil.rmtree(code, ignore_errors=True)
        code.mkdir()
        extract(storage.read(self.source), code)
        opt_ml.output_data.mkdir(exist_ok=True)
        opt_ml.processing_config.parent.mkdir(exist_ok=True)
        words = [*_IN_CODE, "python3", self.program]
        config = {
            "AppSpecification": {"ContainerEntrypoint": words, "ContainerArguments": self.arguments},
            "Environment": {**self._variables(request), **request.get("Environment", {})},
        }
        opt_ml.processing_config.write_text(json.dumps(config))

    def _variables(self, request: JsonObject) -> dict[str, str]:
        inside = OptMl(CONTAINER_BASE)
        channels = sorted(channel["ChannelName"] for channel in request.get("InputDataConfig", []))
        values = {
            "MODEL_DIR": inside.model,
            "INPUT_DIR": inside.config.parent,
            "INPUT_CONFIG_DIR": inside.config,
            "OUTPUT_DIR": inside.output,
            "OUTPUT_DATA_DIR": inside.output_data,
            "MODULE_DIR": str(self.source),
            "MODULE_NAME": Path(self.program).stem,
            "USER_ENTRY_POINT": self.program,
            "USER_ARGS": self.arguments,
            "HPS": dict(self.hyperparameters),
            "CHANNELS": channels,
            "HOSTS": ["algo-1"],
            "CURRENT_HOST": "algo-1",
            "NUM_CPUS": os.cpu_count() or 1,
            "NUM_GPUS": 0,
            **{f"CHANNEL_{name.upper()}": inside.channel(name) for name in channels},
            **{f"HP_{name.upper()}": value for name, value in self.hyperparameters.items()},
        }
        variables = {f"SM_{name}": _as_variable(value) for name, value in values.items()}
        return {**variables, "PYTHONPATH": str(_CODE), "TRAINING_JOB_NAME": request["TrainingJobName"]}


def _decoded(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _as_variable(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, (str, Path)):
        return str(value)
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def _as_argument(value: object) -> str:
    if isinstance(value, dict):
        return ",".join(f"{name}={element}" for name, element in sorted(value.items()))
    return "" if value is None else str(value)
