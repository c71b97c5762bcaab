"""A scheduler's tasks look up who calls them without a look at all modules."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.project import PROJECT

_TASK = """
import inspect, os, sys
sys.argv = ["airflow", "scheduler"]
from include.processes.process_start import tune_process
tune_process()
if not os.fork():
    asked = []
    really = inspect.ismodule
    inspect.ismodule = lambda module: asked.append(module) or really(module)
    (_, *_, started) = inspect.stack()
    print("found:", started.function, len(asked), flush=True)
    os._exit(0)
os.wait()
"""


@pytest.mark.slow
def test_a_task_finds_its_callers_without_asking_every_module(tmp_path: Path) -> None:
    (tmp_path / "started_with_m.py").write_text(_TASK)
    done = subprocess.run(
        [sys.executable, "-m", "started_with_m"],
        env={"PYTHONPATH": f"{tmp_path}:{PROJECT}", "AIRFLOW_HOME": str(tmp_path)},
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    )
    # From 3.12 on Python warns of a fork beside the threads of numpy, in a line of its own.
    (told,) = (line for line in done.stdout.splitlines() if line.startswith("found: "))
    _, function, asked = told.split()
    assert function == "_run_module_as_main"
    # One for each frame at most, and there are thousands of modules.
    assert int(asked) < 100
