"""`make up`: what it takes of its environment, and that it says at once why it cannot start."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock

from local_stack.stack import free_port
from local_stack.up import stack_of_up
from tests.project import PROJECT

pytestmark = pytest.mark.slow


def refused(folder: Path, **environment: str) -> str:
    """Start it, and return what it says."""
    ports = {"AIRFLOW_PORT": str(free_port()), "LOCAL_AWS_PORT": str(free_port())}
    done = subprocess.run(
        [sys.executable, "-m", "local_stack.up"],
        cwd=PROJECT,
        env=os.environ | {"LOCAL_STACK_FOLDER": str(folder)} | ports | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert {path.name for path in folder.iterdir()} <= {"up.lock"}
    return done.stderr


def test_a_port_in_use_is_told_before_any_address(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        found, expected, to_do = refused(tmp_path, LOCAL_AWS_PORT=port).splitlines()
    assert f"port {port} of 127.0.0.1 is in use by process {os.getpid()}: " in found
    assert expected == f"Expected: LOCAL_AWS_PORT, {port}, to be free"
    assert "LOCAL_AWS_PORT=" in to_do


def test_a_port_that_is_no_number_is_told_in_three_lines(tmp_path: Path) -> None:
    found, _, _ = refused(tmp_path, AIRFLOW_PORT="many").splitlines()
    assert found == "Found: AIRFLOW_PORT = 'many'"


def test_a_second_one_in_the_same_folder_leaves_the_first_alone(tmp_path: Path) -> None:
    with FileLock(tmp_path / "up.lock"):
        assert f"Another `make up` runs in {tmp_path}: use that one, or stop it." in refused(tmp_path)


def test_own_data_is_read_below_the_folder_that_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_FOLDER", "/data/bank")
    assert stack_of_up().variables == {"source_local_folder": "/data/bank"}


def test_make_hands_the_folder_on(tmp_path: Path) -> None:
    # In the place of Python, what tells of its environment. The lock is older than it: nothing is installed.
    (tmp_path / "python").write_text("#!/bin/sh\nexec /usr/bin/printenv SOURCE_FOLDER\n")
    (tmp_path / "python").chmod(0o700)
    (tmp_path / "installed").touch()
    done = subprocess.run(
        [
            "/usr/bin/make",
            "up",
            f"SOURCE_FOLDER={tmp_path}",
            f"BIN={tmp_path}",
            f"INSTALLED={tmp_path}/installed",
        ],
        cwd=PROJECT,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, f"{tmp_path}\n"), done.stderr
