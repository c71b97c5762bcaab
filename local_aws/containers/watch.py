"""Watch what a script's processes take of the machine, and kill them where it is too much."""

import threading
from collections.abc import Callable
from contextlib import suppress

import psutil

from local_aws.containers.limits import JobLimits
from local_aws.containers.process_tree import descendants

# Also the time that a script has to start more than it may: what it starts in it is ended with it.
_SECONDS = 0.5
_MEGABYTE = 1024**2


def excess(pid: int, limits: JobLimits) -> str | None:
    """Tell what the processes below a process take beyond their limits, or None."""
    running = descendants(pid)
    if len(running) > limits.processes:
        return (
            f"the job had {len(running)} processes, of {limits.processes} that it may have (--job-processes)"
        )
    held = 0
    for process in running:
        with suppress(psutil.NoSuchProcess):
            held += process.memory_info().rss
    if held > limits.memory:
        return (
            f"the job's processes held {held // _MEGABYTE} MB of memory, of {limits.memory // _MEGABYTE} MB "
            "that they may hold (--job-memory)"
        )
    return None


def watch(pid: int, limits: JobLimits, ended: threading.Event, kill: Callable[[str], None]) -> None:
    """Look at the processes below a process until it has ended. Call `kill` with the reason for it, once."""
    while not ended.wait(_SECONDS):
        reason = excess(pid, limits)
        if reason is not None:
            kill(reason)
            return
