"""Run a processing job's entrypoint inside its container, with the job's files at /opt/ml."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from local_aws.containers.private_mount import mount_at_opt_ml
from local_aws.opt_ml import CONTAINER_BASE, OptMl

# The exit code of a shell for a command that it cannot run (POSIX, 2.8.2 Exit Status for Commands).
_NOT_FOUND = 127
_BY_SIGNAL = 128
# Variables of this process that the entrypoint does not get.
_NOT_INHERITED = ("PYTHONPATH", "SAGEMAKER_BASE_DIR")


def prepare(opt_ml: OptMl) -> None:
    """Put the job's files at /opt/ml. Call it before the process starts a thread.

    Where the system does not allow that, rewrite the paths in the entrypoint and its arguments, and log it: a
    script that names "/opt/ml/..." itself does not find its files there.
    """
    try:
        mount_at_opt_ml(opt_ml.base)
    except OSError as error:
        print(
            f"Local AWS: this system gives a job no /opt/ml of its own ({error}). Paths in the entrypoint "
            f"and its arguments lead to {opt_ml.base} instead; a script that names /opt/ml itself will fail.",
            flush=True,
        )
        config = json.loads(opt_ml.processing_config.read_text())
        config["AppSpecification"] = with_paths_below(opt_ml.base, config["AppSpecification"])
        opt_ml.processing_config.write_text(json.dumps(config))


def with_paths_below(base: Path, app_specification: dict[str, str | list[str]]) -> dict[str, str | list[str]]:
    """Return an AppSpecification in which paths below /opt/ml are below another directory instead."""
    return {
        name: [word.replace(f"{CONTAINER_BASE}/", f"{base}/") for word in words]
        if isinstance(words, list)
        else words
        for name, words in app_specification.items()
    }


def run(opt_ml: OptMl) -> int:
    """Run the entrypoint to its end. It is for the entrypoint to handle SIGTERM.

    Returns:
        The exit code, as a shell would return it.
    """
    config = json.loads(opt_ml.processing_config.read_text())
    specification = config["AppSpecification"]
    command = [*specification["ContainerEntrypoint"], *specification.get("ContainerArguments", [])]
    inherited = {name: value for name, value in os.environ.items() if name not in _NOT_INHERITED}
    # The images' python3 is the interpreter that we run on.
    ours = {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{inherited.get('PATH', os.defpath)}"}
    # A handler, and not SIG_IGN, which the entrypoint would inherit.
    signal.signal(signal.SIGTERM, lambda *_: None)
    environment = {**inherited, **ours, **config.get("Environment", {})}
    try:
        process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL)  # noqa: S603 - its purpose
    except OSError as error:
        print(f"{command[0]}: {error.strerror}", flush=True)
        return _NOT_FOUND
    exit_code = process.wait()
    return exit_code if exit_code >= 0 else _BY_SIGNAL - exit_code
