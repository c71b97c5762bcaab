"""A process and all that it has started, also what has left its process group."""

import ctypes
import os
import signal
import time
from contextlib import suppress

import psutil

# <sys/prctl.h>
_PR_SET_CHILD_SUBREAPER = 36


def keep_orphans() -> None:
    """Become the parent of every orphan among this process's descendants (Linux).

    So what a killed process leaves behind is still found below this one.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if hasattr(libc, "prctl"):
        libc.prctl(_PR_SET_CHILD_SUBREAPER, ctypes.c_ulong(1), 0, 0, 0)


def descendants(pid: int) -> list[psutil.Process]:
    """List the processes below a process that still run."""
    found = []
    with suppress(psutil.NoSuchProcess):
        for process in psutil.Process(pid).children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                if process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process)
    return found


def reap_orphans(others: set[int]) -> None:
    """Take the ended ones among the orphans that this process was given out of the system's table.

    Args:
        others: Ids of children that somebody else waits for.
    """
    for child in psutil.Process().children():
        with suppress(psutil.NoSuchProcess, ChildProcessError):
            if child.pid not in others and child.status() == psutil.STATUS_ZOMBIE:
                os.waitpid(child.pid, os.WNOHANG)


def end_descendants(pid: int, seconds: float) -> None:
    """Kill all processes below a process, also those that are being started meanwhile.

    Args:
        pid: The process, which stays.
        seconds: How long to try. What is still there then cannot be killed: it waits for a disk, say.
    """
    deadline = time.monotonic() + seconds
    stopped: set[psutil.Process] = set()
    while (running := descendants(pid)) and time.monotonic() < deadline:
        new = set(running) - stopped
        # What stands still starts nothing more, so that in the end all are known.
        number = signal.SIGSTOP if new else signal.SIGKILL
        for process in new or running:
            with suppress(psutil.NoSuchProcess):
                process.send_signal(number)
        stopped |= new
        time.sleep(0.01)
