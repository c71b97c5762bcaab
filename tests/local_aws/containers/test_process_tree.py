"""The end of all that a process has started, where the system has no namespaces for it."""

import subprocess
import sys
import time
from contextlib import suppress

import psutil
import pytest

from local_aws.containers.process_tree import descendants, end_descendants
from tests.project import PROJECT

# A daemon, by the book, whose parent is to be who keeps orphans.
KEEPS = """
import os, sys, time
from local_aws.containers.process_tree import end_descendants, keep_orphans
keep_orphans()
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(600)
    os._exit(0)
os.wait()
print("ready", flush=True)
sys.stdin.readline()
end_descendants(os.getpid())
print("ended", flush=True)
sys.stdin.readline()
"""
MULTIPLIES = """
import os, time
print("ready", flush=True)
for _ in range(300):
    if os.fork() == 0:
        time.sleep(600)
    time.sleep(0.005)
time.sleep(600)
"""


def running(code: str) -> "subprocess.Popen[str]":
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def test_a_daemon_is_found_and_ended() -> None:
    with running(KEEPS) as process:
        (daemon,) = descendants(process.pid)
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("go\n")
        process.stdin.flush()
        assert process.stdout.readline() == "ended\n"
        assert descendants(process.pid) == []
        with suppress(psutil.NoSuchProcess):
            assert daemon.status() == psutil.STATUS_ZOMBIE
        process.kill()


def test_processes_that_multiply_are_ended() -> None:
    keeper = KEEPS.replace(
        'print("ready", flush=True)',
        f"import subprocess; subprocess.Popen([sys.executable, '-c', {MULTIPLIES!r}])",
    )
    with running(keeper) as process:
        time.sleep(0.5)
        end_descendants(process.pid)
        assert descendants(process.pid) == []
        process.kill()


@pytest.mark.parametrize("pid", [2**22 - 1])
def test_what_is_not_there_has_no_descendants(pid: int) -> None:
    assert descendants(pid) == []
    end_descendants(pid)
