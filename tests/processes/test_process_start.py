"""A scheduler's tasks look up who calls them without a look at all modules, and are seen to end at once."""

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


def _found(module: str, folder: Path) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-m", module],
        env={"PYTHONPATH": f"{folder}:{PROJECT}", "AIRFLOW_HOME": str(folder)},
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    )
    # From 3.12 on Python warns of a fork beside the threads of numpy, in a line of its own.
    return [line for line in done.stdout.splitlines() if line.startswith("found: ")]


@pytest.mark.slow
def test_a_task_finds_its_callers_without_asking_every_module(tmp_path: Path) -> None:
    (tmp_path / "started_with_m.py").write_text(_TASK)
    (told,) = _found("started_with_m", tmp_path)
    _, function, asked = told.split()
    assert function == "_run_module_as_main"
    # One for each frame at most, and there are thousands of modules.
    assert int(asked) < 100


_ENDING = """
import subprocess, sys
from types import SimpleNamespace
import psutil
from airflow.sdk.execution_time.supervisor import ActivitySubprocess, PsutilTracker
from include.processes.process_start import see_tasks_end
see_tasks_end()
for open_sockets in ({"logs": 1}, {}):
    ending = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(0.2)"])
    process = PsutilTracker(psutil.Process(ending.pid))
    task = SimpleNamespace(_exit_code=None, _open_sockets=open_sockets, _process=process)
    print("found:", ActivitySubprocess._check_subprocess_exit(task), flush=True)
"""


@pytest.mark.slow
def test_a_task_without_sockets_is_waited_for_as_it_ends(tmp_path: Path) -> None:
    (tmp_path / "supervisor_of_two.py").write_text(_ENDING)
    assert _found("supervisor_of_two", tmp_path) == ["found: None", "found: 0"]
