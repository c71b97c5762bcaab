"""Runs local AWS as a process of its own, for tests."""

import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from local_aws.protocol.signatures.keys_file import new_key, write_key
from tests.project import PROJECT

_SECONDS_TO_START = 60.0

_folder = tempfile.TemporaryDirectory(prefix="local-aws-key-of-tests-")
ACCESS_KEY = new_key()
"""Of every server that the tests of this process start."""
CREDENTIALS_FILE = Path(_folder.name) / "credentials"
write_key(CREDENTIALS_FILE, ACCESS_KEY, "http://127.0.0.1")


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
    """Starts local AWS as `start_local_aws` does, and stops it at the end.

    Yields:
        The server, ready for requests.
    """
    server = start_local_aws(*options, stderr=stderr)
    try:
        yield server
    finally:
        stop_local_aws(server)


def start_local_aws(*options: str, stderr: int = subprocess.DEVNULL) -> LocalAwsServer:
    """Starts local AWS on a free port of 127.0.0.1 and waits until it is ready for requests.

    Args:
        options: Further options of its command line. Its access key is ACCESS_KEY, if they do not say
            another one.
        stderr: Where its log goes, as for Popen.

    Raises:
        RuntimeError: It did not start.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", "local_aws", "--port", "0", *_key(options), *options],
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
    )
    assert process.stdout is not None
    watchdog = threading.Timer(_SECONDS_TO_START, process.kill)
    watchdog.start()
    ready = process.stdout.readline()
    watchdog.cancel()
    server = LocalAwsServer(url=ready.split()[-1] if ready else "", process=process)
    if "http://" not in ready:
        stop_local_aws(server)
        raise RuntimeError(f"local AWS did not start; it said {ready!r}")
    return server


def stop_local_aws(server: LocalAwsServer) -> None:
    """Ends the server as Ctrl-C does."""
    process = server.process
    process.send_signal(signal.SIGTERM)
    process.wait(timeout=60)
    for pipe in (process.stdout, process.stderr):
        if pipe is not None:
            pipe.close()


def _key(options: tuple[str, ...]) -> list[str]:
    return [] if "--credentials-file" in options else ["--credentials-file", str(CREDENTIALS_FILE)]
