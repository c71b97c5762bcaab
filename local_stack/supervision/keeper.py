"""Runs the Procfile's services and owns all that they start: `python -m local_stack.supervision.keeper`.

It is a process of its own, in its own session: nothing that ends the terminal or the process that it works
for ends it before it has ended the services. Its input tells that it is still wanted: once that is closed, by
whatever end of the one who holds it, all ends. What it writes is for people: errors, and why it ended.
"""

import argparse
import logging
import os
import re
import select
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from logging.handlers import RotatingFileHandler
from pathlib import Path

from honcho.environ import parse_procfile

from local_stack.supervision.error_records import ErrorRecords
from local_stack.supervision.process_tree import descendants, end_descendants, keep_orphans, reap_orphans

# Together less than the ten seconds after which nothing may be left.
_SECONDS_TO_END = 4.0
_SECONDS_TO_KILL = 2.0
_SECONDS_OF_LAST_LINES = 0.5
# Of a log: one of these is written to, and the one before is kept.
_LOG_BYTES = 10 * 1024**2
_LAST_LINES = 15
# No signal has this number.
_LOOK = b"\0"
# Airflow's scheduler, DAG processor and triggerer, and uvicorn, say so at a signal, and may then wait for
# what they have begun: for hours, where that is a task.
_IS_ENDING = re.compile(r"Exiting gracefully upon receiving signal|^INFO:\s+Shutting down$")


class Service:
    """One service of the Procfile: it runs, and its output goes to its log.

    Args:
        name: Its name there.
        command: Its command line, for a shell.
        log: The file of its output.
        wakeup: File descriptor to write a byte to when it has begun to end.
    """

    def __init__(self, name: str, command: str, log: Path, wakeup: int) -> None:
        self.name = name
        self.log = log
        self._is_ending = False
        self._wakeup = wakeup
        self._last: deque[str] = deque(maxlen=_LAST_LINES)
        self._file = RotatingFileHandler(log, maxBytes=_LOG_BYTES, backupCount=1, encoding="utf-8")
        self.process = subprocess.Popen(  # noqa: S602 - the Procfile is ours, and written for a shell
            command,
            shell=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            encoding="utf-8",
            errors="replace",
        )
        self._copying = threading.Thread(target=self._copy, daemon=True)
        self._copying.start()

    def _copy(self) -> None:
        records = ErrorRecords()
        for text in self.process.stdout or ():
            line = text.rstrip("\n")
            self._last.append(line)
            self._file.emit(logging.makeLogRecord({"msg": line}))
            for shown in records.shown(line):
                say(f"{self.name}: {shown}")
            if _IS_ENDING.search(line):
                self._is_ending = True
                os.write(self._wakeup, _LOOK)

    def end_of_it(self) -> str:
        """Tell how it has ended by itself, or begun to, and what it wrote last; nothing if it has not."""
        code = self.process.poll()
        if code is None and not self._is_ending:
            return ""
        self._copying.join(_SECONDS_OF_LAST_LINES)
        if code is None:
            how = "begun to end"
        else:
            how = f"ended with exit code {code}" if code >= 0 else f"ended by {signal.Signals(-code).name}"
        return "\n".join([f"{self.name} has {how}. The end of {self.log}:", *self._last])


def say(text: str) -> None:
    """Write a line to whoever listens. Nobody may: then it is in the logs alone."""
    try:
        os.write(sys.stdout.fileno(), f"{text}\n".encode())
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def keep(services: list[Service], wakeup: int) -> str:
    """Wait until one of them ends, the input is closed or a signal arrives.

    Args:
        services: They run.
        wakeup: File descriptor from which the number of each signal is read, or 0 to look at the services.

    Returns:
        Why it is over, to tell; empty where that was wanted.
    """
    own = {service.process.pid for service in services}
    stdin = sys.stdin.fileno()
    while True:
        for service in services:
            if reason := service.end_of_it():
                return reason
        ready, _, _ = select.select([stdin, wakeup], [], [])
        if stdin in ready and not os.read(stdin, 1024):
            return ""
        if wakeup in ready:
            for number in os.read(wakeup, 1024):
                if number not in (_LOOK[0], signal.SIGCHLD):
                    return f"The services' keeper has got {signal.Signals(number).name}."
            reap_orphans(own)


def end(services: list[Service]) -> None:
    """End the services and all that they have started: those that know how, then those that do not."""
    deadline = time.monotonic() + _SECONDS_TO_END
    for service in services:
        service.process.terminate()
    own = {service.process.pid for service in services}
    while time.monotonic() < deadline and descendants(os.getpid()):
        for service in services:
            service.process.poll()
        reap_orphans(own)
        time.sleep(0.2)
    end_descendants(os.getpid(), _SECONDS_TO_KILL)


def main() -> int:
    """Run the services until one of them ends, or nobody wants them any more.

    Returns:
        The exit code: 1 where the end was not asked for.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--procfile", type=Path, required=True)
    parser.add_argument(
        "--logs", type=Path, required=True, help="folder, which is made where it is not there"
    )
    parser.add_argument("names", nargs="*", help="services of the Procfile; none for all")
    arguments = parser.parse_args()
    keep_orphans()
    wakeup, sent = os.pipe()
    for end_of_pipe in (wakeup, sent):
        os.set_blocking(end_of_pipe, False)
    signal.set_wakeup_fd(sent, warn_on_full_buffer=False)
    for number in (signal.SIGCHLD, signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # Handlers, and no "ignore": that, the services would inherit.
        signal.signal(number, lambda *_: None)
    commands = parse_procfile(arguments.procfile.read_text(encoding="utf-8")).processes
    arguments.logs.mkdir(parents=True, exist_ok=True)
    services: list[Service] = []
    try:
        for name in arguments.names or commands:
            log = arguments.logs / f"{name}.log"
            services.append(Service(name, commands[name], log, sent))
        reason = keep(services, wakeup)
        if reason:
            say(reason)
    finally:
        end(services)
    return 1 if reason else 0


if __name__ == "__main__":
    sys.exit(main())
