"""One process of an algorithm, standing in for a SageMaker container."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal, Self

import local_aws
from local_aws.opt_ml import OptMl

# SageMaker's own wait between SIGTERM and SIGKILL (API reference, StopTrainingJob).
GRACE_SECONDS = 120.0
# Where `python -m local_aws...` finds the package.
_PACKAGE_PARENT = Path(local_aws.__file__).resolve().parents[1]
# OpenMP's threads spin while they wait, which on shared cores makes training up to ten times slower.
_FOR_BUSY_CORES = {"OMP_WAIT_POLICY": "PASSIVE"}
_INHERITED = ("PATH", "LANG", "LC_ALL", "TZ", "LD_LIBRARY_PATH")


class Container:
    """A process group with its own /opt/ml and a clean environment; leaving the context ends and removes it.

    The process dies with us, even when we are killed: its standard input is a pipe that only we hold open
    (see `container_process`).

    Args:
        algorithm: A folder of `algorithms`; for a role of "process" just a name.
        role: What the process does.
        environment: Variables that the caller of the API asked for.
        log: Receives each line that the process writes.
    """

    def __init__(
        self,
        algorithm: str,
        role: Literal["train", "serve", "process"],
        environment: Mapping[str, str],
        log: Callable[[str], None],
    ) -> None:
        self.opt_ml = OptMl(Path(tempfile.mkdtemp(prefix="local-aws-")))
        self.opt_ml.create()
        self._command = [sys.executable, "-P", "-m", "local_aws.containers.process", algorithm, role]
        self._environment = environment
        self.log = log
        self.removed = False
        self._lock = threading.Lock()
        self._killed = False
        self._is_reaped = False
        self._process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None
        self._last_resort: threading.Timer | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.remove()

    def start(self, listener: socket.socket | None = None) -> None:
        """Starts the process, or starts it again once `wait` has returned.

        Args:
            listener: A listening socket that a serving process takes over.

        Raises:
            RuntimeError: It was killed before.
        """
        inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
        ours = {
            "HOME": str(self.opt_ml.base),
            "TMPDIR": str(self.opt_ml.base),
            "PYTHONPATH": str(_PACKAGE_PARENT),
            "PYTHONUNBUFFERED": "1",
            "SAGEMAKER_BASE_DIR": str(self.opt_ml.base),
        }
        pass_fds = []
        if listener is not None:
            ours["LOCAL_AWS_LISTENER"] = str(listener.fileno())
            pass_fds = [listener.fileno()]
        with self._lock:
            if self._killed:
                raise RuntimeError("the container was killed")
            self._close_pipes()
            self._is_reaped = False
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                self._command,
                cwd=self.opt_ml.base,
                env={**inherited, **_FOR_BUSY_CORES, **self._environment, **ours},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                start_new_session=True,
                pass_fds=pass_fds,
            )
        self._reader = threading.Thread(target=self._read_log, name="container-log", daemon=True)
        self._reader.start()

    def _read_log(self) -> None:
        if self._process is not None and self._process.stdout is not None:
            for line in self._process.stdout:
                self.log(line.rstrip("\n"))

    @property
    def has_ended(self) -> bool:
        """Whether the process has ended. Asking does not reap it: its id stays ours until `wait`."""
        if self._process is None or self._process.returncode is not None:
            return self._process is not None
        return os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def wait(self, timeout: float | None = None) -> int:
        """Waits until the process has ended and all it wrote is logged.

        Args:
            timeout: Seconds.

        Returns:
            The exit code; negative for a signal.

        Raises:
            subprocess.TimeoutExpired: It still runs.
            RuntimeError: It was never started.
        """
        if self._process is None or self._reader is None:
            raise RuntimeError("the container was not started")
        exit_code = self._process.wait(timeout)
        # What it left behind would keep the log open, and outlive it.
        self._signal(signal.SIGKILL)
        self._is_reaped = True
        self._reader.join()
        return exit_code

    def terminate(self, grace: float = GRACE_SECONDS) -> None:
        """Asks the process group to end, and kills it after the grace (seconds)."""
        self._signal(signal.SIGTERM)
        self._last_resort = threading.Timer(grace, self.kill)
        self._last_resort.daemon = True
        self._last_resort.start()

    def kill(self) -> None:
        """Kills the process group at once, or keeps it from starting."""
        with self._lock:
            self._killed = True
        self._signal(signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        # Once reaped, its id may be another's.
        if self._process is not None and not self._is_reaped:
            try:
                os.killpg(self._process.pid, number)
            except ProcessLookupError:
                return

    def remove(self) -> None:
        """Kills what still runs and removes every file."""
        if self._process is not None:
            self.kill()
            self.wait()
            self._close_pipes()
        if self._last_resort is not None:
            self._last_resort.cancel()
        shutil.rmtree(self.opt_ml.base, ignore_errors=True)
        self.removed = True

    def _close_pipes(self) -> None:
        if self._process is not None:
            for stream in (self._process.stdin, self._process.stdout):
                if stream is not None:
                    stream.close()
