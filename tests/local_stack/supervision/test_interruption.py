"""A signal ends a program wherever Python is when it comes."""

import signal
import subprocess
import sys

import pytest

from tests.project import PROJECT

_PROGRAM = """
import gc, os, sys, time, weakref
from local_stack.supervision.interruption import InterruptionError, raise_on_signals

class Thing:
    pass

class Deleted:
    def __del__(self):
        strike()

def strike(*_):
    os.kill(os.getpid(), int(sys.argv[2]))
    time.sleep(0)

def in_code():
    strike()

def in_a_weak_references_callback():
    thing = Thing()
    reference = weakref.ref(thing, strike)
    del thing

def in_a_finalizer():
    thing = Deleted()
    del thing

def in_the_garbage_collector():
    gc.callbacks.append(strike)
    gc.collect()

raise_on_signals()
try:
    globals()[sys.argv[1]]()
    gc.callbacks.clear()
    time.sleep(60)
except InterruptionError as interruption:
    sys.exit(128 + interruption.number)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize(
    "place",
    ["in_code", "in_a_weak_references_callback", "in_a_finalizer", "in_the_garbage_collector"],
)
def test_it_is_raised_where_the_program_can_catch_it(place: str, number: signal.Signals) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, place, str(int(number))],
        check=False,
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert (done.returncode, done.stdout, done.stderr) == (128 + number, "", "")


def test_what_else_is_dropped_is_told_as_python_tells_it() -> None:
    program = (
        "from local_stack.supervision.interruption import raise_on_signals\n"
        "class Broken:\n"
        "    def __del__(self):\n"
        "        raise ValueError('told')\n"
        "raise_on_signals()\n"
        "Broken()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, cwd=PROJECT, capture_output=True, text=True, timeout=30
    )
    assert "ValueError: told" in done.stderr
