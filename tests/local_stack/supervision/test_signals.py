"""Whatever ends a part of the stack ends all of it: real signals to real processes, with small services."""

import os
import pty
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

from tests.local_stack.supervision.stand_ins import NAMES
from tests.project import PROJECT
from tests.services.living_processes import listens, processes_by

pytestmark = pytest.mark.slow

_START_SECONDS = 60
# After that, nothing may be left.
_END_SECONDS = 10
_FOLDER = "STAND_INS_FOLDER"
_SIGNALS = (signal.SIGKILL, signal.SIGHUP, signal.SIGTERM, signal.SIGINT)


@dataclass
class Stack:
    """Two small services, in the foreground of a process with its output in a file or a pipe."""

    folder: Path
    work: str
    is_piped: bool = False
    starter: tuple[str, ...] = ()
    """What runs the front, if anything does, and waits for its end."""
    terminal: int | None = None
    """File descriptor of a terminal in the place of the file or pipe."""
    pids: dict[str, int] = field(default_factory=dict)
    ports: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.folder.mkdir()
        self._errors = (self.folder / "stderr").open("wb")
        self._output = (self.folder / "stdout").open("wb")
        self.front = subprocess.Popen(
            [
                *(*self.starter, sys.executable, "-m", "tests.local_stack.supervision.stand_ins"),
                *(str(self.folder), self.work),
            ],
            cwd=PROJECT,
            env=os.environ | {_FOLDER: str(self.folder), "PYTHONPATH": str(PROJECT)},
            stdin=self.terminal,
            stdout=subprocess.PIPE if self.is_piped else self.terminal or self._output,
            stderr=self._errors,
            process_group=None if self.terminal else 0,
        )
        self.pids["front"] = self.front.pid
        self.reader = None
        if self.is_piped:
            assert self.front.stdout
            self.reader = subprocess.Popen(
                ["/bin/cat"], stdin=self.front.stdout, stdout=self._output, process_group=self.front.pid
            )
            self.front.stdout.close()
            self.pids["reader"] = self.reader.pid

    def wait_until_it_runs(self) -> None:
        deadline = time.monotonic() + _START_SECONDS
        for name in NAMES:
            while not (self.folder / name).exists():
                assert self.front.poll() is None, self.errors()
                assert time.monotonic() < deadline
                time.sleep(0.05)
            pid, port = (self.folder / name).read_text().split()
            self.pids[name] = int(pid)
            self.ports.append(int(port))
        self.pids["keeper"] = psutil.Process(self.pids["first"]).ppid()
        assert all(listens(port) for port in self.ports)

    def strike(self, number: signal.Signals, target: str) -> None:
        if target == "group":
            os.killpg(self.front.pid, number)
        else:
            os.kill(self.pids[target], number)

    def left(self, processes: dict[str, dict[psutil.Process, str]]) -> list[str]:
        """Name what is there of it still."""
        living = processes.get(str(self.folder), {})
        return [*living.values()] + [f"port {port}" for port in self.ports if listens(port)]

    def errors(self) -> str:
        return (self.folder / "stderr").read_text()

    def output(self) -> str:
        return (self.folder / "stdout").read_text()

    def close(self) -> None:
        for process in processes_by(_FOLDER).get(str(self.folder), {}):
            process.kill()
        self.front.wait()
        if self.reader:
            self.reader.kill()
            self.reader.wait()
        self._errors.close()
        self._output.close()


def what_is_left(
    stacks: dict[tuple[signal.Signals, str], Stack],
) -> dict[tuple[signal.Signals, str], list[str]]:
    processes = processes_by(_FOLDER)
    left = {key: stack.left(processes) for key, stack in stacks.items()}
    return {key: found for key, found in left.items() if found}


@pytest.fixture(autouse=True)
def as_from_a_terminal() -> Iterator[None]:
    """Let processes heed SIGINT: a shell that starts something in the background has it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("is_piped", [False, True], ids=["file", "pipe"])
@pytest.mark.parametrize("work", ["idle", "busy"])
def test_any_signal_to_any_part_leaves_no_process_and_no_port(
    work: str, is_piped: bool, tmp_path: Path
) -> None:
    targets = ["front", *(["reader", "group"] if is_piped else ["keeper", "first"])]
    # All of them at the same time: most of it is waiting.
    stacks = {
        (number, target): Stack(tmp_path / f"{number.name}-{target}", work, is_piped)
        for number in _SIGNALS
        for target in targets
    }
    try:
        for stack in stacks.values():
            stack.wait_until_it_runs()
        for (number, target), stack in stacks.items():
            stack.strike(number, target)
        deadline = time.monotonic() + _END_SECONDS
        while (left := what_is_left(stacks)) and time.monotonic() < deadline:
            time.sleep(0.5)
        assert left == {}
        for (number, target), stack in stacks.items():
            code = stack.front.wait()
            if target == "front" or (target == "group" and number == signal.SIGKILL):
                assert code == (-number if number == signal.SIGKILL else 128 + number)
            assert code != 0
            assert stack.errors() == "", (number, target)
    finally:
        for stack in stacks.values():
            stack.close()


@pytest.fixture
def stack(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stack]:
    """A stack with the options that the test gives, which runs."""
    made = Stack(tmp_path / "stack", "busy", **request.param)
    try:
        made.wait_until_it_runs()
        yield made
    finally:
        made.close()


def assert_it_ends(stack: Stack) -> None:
    deadline = time.monotonic() + _END_SECONDS
    while (left := stack.left(processes_by(_FOLDER))) and time.monotonic() < deadline:
        time.sleep(0.5)
    assert left == []
    assert stack.errors() == ""


# As make does: a shell that does not become the command, as another comes after it.
@pytest.mark.parametrize("stack", [{"starter": ("/bin/sh", "-c", '"$@"; exit 0', "sh")}], indirect=True)
def test_the_end_of_the_process_that_started_it_ends_it(stack: Stack) -> None:
    stack.front.kill()
    assert_it_ends(stack)


@pytest.mark.parametrize("way", ["ctrl-c", "closed window"])
def test_a_terminal_ends_it(way: str, tmp_path: Path) -> None:
    ours, its = pty.openpty()
    # The leader of its session: it is told of the terminal's end.
    starter = ("/usr/bin/setsid", "--ctty")
    stack = Stack(tmp_path / "stack", "busy", starter=starter, terminal=its)
    os.close(its)
    is_closed = threading.Event()
    window = threading.Thread(target=show_until, args=(is_closed, ours))
    window.start()
    try:
        stack.wait_until_it_runs()
        if way == "ctrl-c":
            os.write(ours, b"\x03")
        else:
            is_closed.set()
        assert_it_ends(stack)
        assert stack.front.wait() == 128 + (signal.SIGINT if way == "ctrl-c" else signal.SIGHUP)
    finally:
        is_closed.set()
        window.join()
        stack.close()


def show_until(is_closed: threading.Event, terminal: int) -> None:
    """Be a window: read what comes, and close the terminal in the end."""
    while not is_closed.is_set():
        if select.select([terminal], [], [], 0.1)[0]:
            # The other side may have ended before.
            with suppress(OSError):
                os.read(terminal, 4096)
    os.close(terminal)
