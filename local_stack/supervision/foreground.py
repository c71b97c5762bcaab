"""Keeps the services running in the foreground of a terminal, until anything ends it."""

import os
import queue
import signal
import subprocess
import threading
from collections.abc import Callable
from contextlib import suppress

from local_stack.supervision.interruption import InterruptionError
from local_stack.supervision.process_tree import end_descendants, keep_orphans
from local_stack.supervision.services import Keeper, Services
from local_stack.supervision.terminal import TerminalGoneError, is_gone, say

_LOOK_SECONDS = 0.3
_SECONDS_TO_KILL = 2.0

Lines = queue.SimpleQueue[str]


def run_in_foreground(
    services: Services, tell: Callable[[Lines], None], *, ends_with_parent: bool = False
) -> int:
    """Run the services until a signal, the end of one of them, or the end of the terminal or pipe.

    Whatever it was, nothing that they have started is left when this returns. If this process is killed, the
    services' keeper sees to that.

    Args:
        services: What to run.
        tell: Works in a thread of its own, and puts what a person should read where it is given.
        ends_with_parent: Whether to stop, too, when the process that has started this one has ended.

    Returns:
        The exit code, as a shell would tell it: 130 after Ctrl-C, 1 where a service has ended by itself.
    """
    parent = os.getppid() if ends_with_parent else None
    # If the keeper is killed, what it has kept is below this process.
    keep_orphans()
    lines: Lines = queue.SimpleQueue()
    try:
        with services.running(output=subprocess.PIPE) as keeper:
            reading = threading.Thread(target=_pass_on, args=(keeper, lines), daemon=True)
            reading.start()
            threading.Thread(target=tell, args=(lines,), daemon=True).start()
            code = _stay(keeper, reading, lines, parent)
    except InterruptionError as interruption:
        code = 128 + interruption.number
    except TerminalGoneError:
        code = 128 + signal.SIGPIPE
    finally:
        end_descendants(os.getpid(), _SECONDS_TO_KILL)
    with suppress(TerminalGoneError):
        say("Stopped.")
    return code


def _pass_on(keeper: Keeper, lines: Lines) -> None:
    # The other side closes it at the end.
    with suppress(ValueError):
        for line in keeper.stdout or ():
            lines.put(line.rstrip("\n"))


def _stay(keeper: Keeper, reading: threading.Thread, lines: Lines, parent: int | None) -> int:
    while keeper.poll() is None:
        with suppress(queue.Empty):
            say(lines.get(timeout=_LOOK_SECONDS))
        if parent not in (None, os.getppid()):
            return 128 + signal.SIGHUP
        if is_gone():
            raise TerminalGoneError
    reading.join(_LOOK_SECONDS)
    for _ in range(lines.qsize()):
        say(lines.get())
    return keeper.returncode if keeper.returncode > 0 else 128 - keeper.returncode
