"""Runs local AWS as a process of its own, for tests."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_PROJECT_ROOT = Path(__file__).resolve().parents[1]
_SECONDS_TO_START = 60.0


@dataclass(frozen=True)
class LocalAwsServer:
    """A running server.

    Attributes:
        url: Its address, for `endpoint_url`.
        process: The process itself.
    """

    url: str
    process: subprocess.Popen[str]


@contextmanager
def local_aws_server(*options: str, stderr: int = subprocess.DEVNULL) -> Iterator[LocalAwsServer]:
    """Starts local AWS on a free port of 127.0.0.1, and stops it at the end.

    Args:
        options: Further options of its command line.
        stderr: Where its log goes, as for Popen.

    Yields:
        The server, ready for requests.

    Raises:
        RuntimeError: It did not start.
    """
    environment = {**os.environ, "PYTHONPATH": str(_PROJECT_ROOT)}
    process = subprocess.Popen(
        [sys.executable, "-m", "include.local_aws", "--port", "0", *options],
        cwd=_PROJECT_ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
    )
    assert process.stdout is not None
    watchdog = threading.Timer(_SECONDS_TO_START, process.kill)
    watchdog.start()
    try:
        ready = process.stdout.readline()
        watchdog.cancel()
        if "http://" not in ready:
            raise RuntimeError(f"local AWS did not start; it said {ready!r}")
        yield LocalAwsServer(url=ready.split()[-1], process=process)
    finally:
        watchdog.cancel()
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=10)
        process.stdout.close()
        if process.stderr is not None:
            process.stderr.close()
