"""A measurement in a process of its own: what it says, and the most memory that it held."""

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Child:
    """What a process said at its end."""

    answer: dict[str, Any]
    """The JSON of its last line."""
    peak_mb: float
    """The most that it held in memory, in MB of 2**20 bytes: `ru_maxrss` of getrusage(2)."""


def run(module: str, *arguments: str) -> Child:
    """Run a module of this project, and wait for its end.

    Raises:
        SystemExit: It failed.
    """
    command = [sys.executable, "-m", module, *arguments]
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(command, stdout=output)  # noqa: S603 - our own code
        # Of this child alone: getrusage knows the largest of all only.
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
        output.seek(0)
        return Child(json.loads(output.readlines()[-1]), usage.ru_maxrss / 1024)
