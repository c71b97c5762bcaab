"""A process that stands in for a SageMaker container."""

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
from local_aws.containers.limits import JobLimits
from local_aws.containers.process_tree import end_descendants
from local_aws.containers.watch import watch
from local_aws.opt_ml import OptMl

# SageMaker's own wait between SIGTERM and SIGKILL (API reference, StopTrainingJob).
GRACE_SECONDS = 120.0
# Where `python -m local_aws...` finds the package.
_PACKAGE_PARENT = Path(local_aws.__file__).resolve().parents[1]
# OpenMP's threads spin while they wait, which on shared cores makes training up to ten times slower.
_FOR_BUSY_CORES = {"OMP_WAIT_POLICY": "PASSIVE"}
_INHERITED = ("PATH", "LANG", "LC_ALL", "TZ", "LD_LIBRARY_PATH")


class Container:
    """Processes with their own /opt/ml, a clean environment and limits.

    Leaving the context ends the processes and removes their files. They also end with the server, even when
    it is killed: the standard input is a pipe that only the server holds open (see `process`).

    Args:
        algorithm: A folder of `algorithms`. For the role "process" it is just a name.
        role: What the process does.
        environment: Variables that the caller of the API asked for.
        log: A function that receives each line that the process writes.
        limits: What its processes may take of the machine.
    """

    def __init__(
        self,
        algorithm: str,
        role: Literal["train", "serve", "process"],
        environment: Mapping[str, str],
        log: Callable[[str], None],
        limits: JobLimits | None = None,
    ) -> None:
        self.limits = limits or JobLimits()
        # Only a script starts processes of its own: the limit of one process does not hold their sum.
        self._is_watched = role == "process"
        self._ended = threading.Event()
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
        self._listener: socket.socket | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.remove()

    def start(self, listener: socket.socket | None = None) -> None:
        """Start the process, or start it again once `wait` has returned.

        Args:
            listener: A listening socket that a serving process takes over. `remove` closes it.

        Raises:
            RuntimeError: The container was killed.
        """
        inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
        ours = {
            "HOME": str(self.opt_ml.base),
            "TMPDIR": str(self.opt_ml.temporary),
            "PYTHONPATH": str(_PACKAGE_PARENT),
            "PYTHONUNBUFFERED": "1",
            "SAGEMAKER_BASE_DIR": str(self.opt_ml.base),
            "LOCAL_AWS_JOB_MEMORY": str(self.limits.memory),
            "LOCAL_AWS_JOB_PROCESSES": str(self.limits.processes),
        }
        pass_fds = []
        if listener is not None:
            ours["LOCAL_AWS_LISTENER"] = str(listener.fileno())
            pass_fds = [listener.fileno()]
            self._listener = listener
        with self._lock:
            if self._killed:
                raise RuntimeError("the container was killed")
            if self._last_resort is not None:
                self._last_resort.cancel()
            self._close_pipes()
            self._is_reaped = False
            self._ended = threading.Event()
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
        if self._is_watched:
            arguments = (self._process.pid, self.limits, self._ended, self._kill_because)
            threading.Thread(target=watch, args=arguments, name="container-watch", daemon=True).start()

    def _kill_because(self, reason: str) -> None:
        self.log(f"Local AWS: {reason}. It is killed.")
        self.kill()

    def _read_log(self) -> None:
        if self._process is not None and self._process.stdout is not None:
            for line in self._process.stdout:
                self.log(line.rstrip("\n"))

    @property
    def has_ended(self) -> bool:
        """Whether the process has ended. It is not reaped before `wait`: its id stays its own until then."""
        if self._process is None or self._process.returncode is not None:
            return self._process is not None
        return os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def wait(self, timeout: float | None = None) -> int:
        """Wait until the process has ended and all that it wrote is logged.

        Args:
            timeout: The longest time to wait, in seconds.

        Returns:
            The exit code. It is negative for a signal.

        Raises:
            subprocess.TimeoutExpired: The process still runs.
            RuntimeError: The process was never started.
        """
        if self._process is None or self._reader is None:
            raise RuntimeError("the container was not started")
        exit_code = self._process.wait(timeout)
        # Processes that it left behind would keep the log open, and outlive it.
        self._signal(signal.SIGKILL)
        self._is_reaped = True
        self._ended.set()
        self._reader.join()
        return exit_code

    def terminate(self, grace: float = GRACE_SECONDS) -> None:
        """Ask the process group to end, and kill all of it after a grace period (in seconds)."""
        self._signal(signal.SIGTERM)
        self._last_resort = threading.Timer(grace, self.kill)
        self._last_resort.daemon = True
        self._last_resort.start()

    def kill(self) -> None:
        """Kill all its processes at once. It cannot be started again."""
        with self._lock:
            self._killed = True
        if self._is_watched and self._process is not None and not self._is_reaped:
            # While their first process is there, none of them is lost to sight.
            end_descendants(self._process.pid)
        self._signal(signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        # Once the process is reaped, another one may have its id.
        if self._process is not None and not self._is_reaped:
            try:
                os.killpg(self._process.pid, number)
            except ProcessLookupError:
                return

    def remove(self) -> None:
        """Kill what still runs, and remove every file."""
        if self._process is not None:
            self.kill()
            self.wait()
            self._close_pipes()
        if self._last_resort is not None:
            self._last_resort.cancel()
        if self._listener is not None:
            self._listener.close()
        shutil.rmtree(self.opt_ml.base, ignore_errors=True)
        self.removed = True

    def _close_pipes(self) -> None:
        if self._process is not None:
            for stream in (self._process.stdin, self._process.stdout):
                if stream is not None:
                    stream.close()
