"""A process and all that it has started, also what has left its process group."""

import ctypes
import signal
import time
from contextlib import suppress

import psutil

# <sys/prctl.h>
_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36
_SECONDS_TO_END = 5.0


def keep_orphans() -> None:
    """Become the parent of every orphan among this process's descendants (Linux)."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def die_with_parent() -> None:
    """Let the kernel kill this process when its parent ends (Linux)."""
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _prctl(option: int, value: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    # Where the system has no such call, what a script leaves behind in other process groups is not found.
    if hasattr(libc, "prctl"):
        libc.prctl(option, ctypes.c_ulong(value), 0, 0, 0)


def descendants(pid: int) -> list[psutil.Process]:
    """List the processes below a process that still run."""
    found = []
    with suppress(psutil.NoSuchProcess):
        for process in psutil.Process(pid).children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                if process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process)
    return found


def end_descendants(pid: int) -> None:
    """Kill all processes below a process, also those that are being started meanwhile."""
    deadline = time.monotonic() + _SECONDS_TO_END
    stopped: set[psutil.Process] = set()
    while (running := descendants(pid)) and time.monotonic() < deadline:
        new = set(running) - stopped
        # What stands still starts nothing more, so that in the end all are known.
        number = signal.SIGSTOP if new else signal.SIGKILL
        for process in new or running:
            with suppress(psutil.NoSuchProcess):
                process.send_signal(number)
        stopped |= new
