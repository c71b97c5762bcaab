"""A model file asked in a process of its own: a deadline, a limit of memory, no secret of the worker."""

import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_TAIL = 300
# All that it needs of the worker's environment: no key of AWS, no address of Airflow.
_PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "OMP_NUM_THREADS", "LANG", "LC_ALL", "TMPDIR")

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ModelLimits:
    """What a process that reads a model may take."""

    seconds: int = 300
    """Until it is ended; by the clock."""
    memory: int = 4 * 1024**3
    """Bytes of its data, beside twenty times those of model and rows."""


def ask_model(
    question: str,
    model: bytes,
    features: bytes,
    limits: ModelLimits | None = None,
    families: Mapping[str, Sequence[int]] | None = None,
    *,
    are_known: bool = False,
) -> dict[str, Any] | None:
    """Ask a model file what `booster.answer` tells.

    Args:
        question: As there.
        model: The model file, of anybody.
        features: CSV lines without header.
        limits: Of the process.
        families: As there.
        are_known: As there.

    Returns:
        The answer; None where there is none: the model was refused, or the process ended otherwise. The log
        has the reason.

    Raises:
        InterruptedError: The process was told to end: that says nothing of the model.
    """
    bounds = limits or ModelLimits()
    asked = {
        "question": question,
        "model_bytes": len(model),
        "seconds": bounds.seconds,
        "families": dict(families or {}),
        "are_known": are_known,
        "memory": bounds.memory + 20 * (len(model) + len(features)),
    }
    with tempfile.TemporaryFile() as answer, tempfile.TemporaryFile() as errors:
        try:
            ended = subprocess.run(
                [sys.executable, "-m", "include.pipeline.evaluation.booster"],
                input=json.dumps(asked).encode() + b"\n" + model + features,
                stdout=answer,
                stderr=errors,
                env=_environment(),
                timeout=bounds.seconds + 10,
                check=False,
            )
        except subprocess.TimeoutExpired:
            log.warning("The model cannot be explained: it took more than %d s", bounds.seconds)
            return None
        answer.seek(0)
        content = answer.read()
        errors.seek(max(0, errors.seek(0, os.SEEK_END) - _TAIL))
        tail = errors.read().decode(errors="replace")
    # Airflow ends a task with all its processes: what the task still wrote would be without their answers.
    if -ended.returncode in {signal.SIGINT, signal.SIGTERM}:
        raise InterruptedError("The process that reads the model was told to end, as when its task is ended")
    if ended.returncode:
        log.warning("The model cannot be explained: its process %s. %s", _end(ended.returncode, bounds), tail)
        return None
    return _read(content)


def _read(content: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(content)
    except ValueError as error:
        log.warning("The model cannot be explained: its process did not answer in JSON (%s)", error)
        return None
    if not isinstance(found, dict) or "refused" in found:
        log.warning("%s", found["refused"] if isinstance(found, dict) else "The model cannot be explained")
        return None
    return found


def _end(code: int, limits: ModelLimits) -> str:
    if code == -signal.SIGALRM:
        return f"took more than {limits.seconds} s"
    return f"was ended by {signal.Signals(-code).name}" if code < 0 else f"failed with exit code {code}"


def _environment() -> dict[str, str]:
    passed = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    # Each thread's own arena would count as memory.
    return passed | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "MALLOC_ARENA_MAX": "2"}
