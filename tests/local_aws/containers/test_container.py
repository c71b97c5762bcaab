"""Containers: a clean environment, and an end for everything they started."""

import json
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from local_aws.containers.container import Container


def run_instead(container: Container, monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """Makes the container run some Python instead of an algorithm."""
    monkeypatch.setattr(container, "_command", [*container._command[:1], "-c", code])


@pytest.fixture
def lines() -> list[str]:
    return []


def alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and was not waited for yet does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def eventually(check: Callable[[], bool], seconds: float = 5.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if check():
            return True
        time.sleep(0.02)
    return False


def test_the_environment_holds_no_credentials(lines: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AIRFLOW_CONN_AWS_DEFAULT", "secret")
    with Container("xgboost", "train", {"ASKED_FOR": "yes"}, lines.append) as container:
        run_instead(container, monkeypatch, "import json, os; print(json.dumps(dict(os.environ)))")
        container.start()
        assert container.wait() == 0
    environment = json.loads(lines[0])
    assert environment["ASKED_FOR"] == "yes"
    assert "secret" not in environment.values()
    assert environment["SAGEMAKER_BASE_DIR"] == environment["HOME"]


def test_its_directory_is_removed(lines: list[str]) -> None:
    with Container("xgboost", "train", {}, lines.append) as container:
        base = container.opt_ml.base
        assert base.is_dir()
    assert not base.exists()


FAMILY = (
    "import os, signal, subprocess, sys, time;"
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']);"
    "print(child.pid, flush=True);"
)


def test_what_a_process_leaves_behind_ends_with_it(lines: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    with Container("xgboost", "train", {}, lines.append) as container:
        run_instead(container, monkeypatch, FAMILY)
        container.start()
        assert container.wait() == 0
    assert eventually(lambda: not alive(int(lines[0])))


def test_sigterm_then_sigkill_for_the_whole_group(lines: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    deaf = "signal.signal(signal.SIGTERM, lambda *_: print('heard', flush=True));"
    with Container("xgboost", "train", {}, lines.append) as container:
        run_instead(container, monkeypatch, f"{FAMILY} {deaf} print('ready', flush=True); time.sleep(60)")
        container.start()
        assert eventually(lambda: "ready" in lines)
        begin = time.monotonic()
        container.terminate(grace=0.5)
        assert container.wait() == -signal.SIGKILL
        assert 0.5 <= time.monotonic() - begin < 3
    assert "heard" in lines
    assert eventually(lambda: not alive(int(lines[0])))


def test_once_killed_it_does_not_start(lines: list[str]) -> None:
    with Container("xgboost", "train", {}, lines.append) as container:
        container.kill()
        with pytest.raises(RuntimeError, match="was killed"):
            container.start()


def test_no_file_descriptor_stays_open(lines: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - iterdir would keep one open
    for _ in range(3):
        with Container("xgboost", "train", {}, lines.append) as container:
            run_instead(container, monkeypatch, "pass")
            container.start()
            container.wait()
    assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208 - as above
