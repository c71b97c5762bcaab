"""`make demo` as a person runs it: what it prints, what it leaves, and that it leaves nothing running."""

import json
import os
import signal
import subprocess
import sys
import tarfile
import time
from pathlib import Path

import psutil
import pytest
from filelock import FileLock

from local_stack.demo import SAMPLE
from local_stack.stack import PROJECT

pytestmark = [pytest.mark.slow, pytest.mark.stacks, pytest.mark.timeout(3000)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Stands for the project's `.local`."""
    return tmp_path_factory.mktemp("local")


def start(folder: Path, *arguments: str, **environment: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "local_stack.demo", *arguments],
        cwd=PROJECT,
        env=os.environ | {"LOCAL_STACK_FOLDER": str(folder)} | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def processes_of(folder: Path) -> list[str]:
    """Name the living processes that were started with this folder in their environment."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("LOCAL_STACK_FOLDER") == str(folder):
                found.append(command_line(process))
        except psutil.Error:
            continue
    return found


def command_line(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""


def lives(process: psutil.Process) -> bool:
    """Tell whether it still runs. An ended one that nobody has waited for, an init's duty, does not."""
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


def wait_for_descendant(demo: "subprocess.Popen[str]", text: str) -> list[psutil.Process]:
    """Wait until a process with this in its command line runs below the demo; return all that do by then."""
    deadline = time.monotonic() + 900
    while True:
        descendants = psutil.Process(demo.pid).children(recursive=True)
        if any(text in command_line(process) for process in descendants):
            return descendants
        assert demo.poll() is None, f"the demo is over before {text} runs"
        assert time.monotonic() < deadline, f"{text} does not run"
        time.sleep(0.1)


@pytest.fixture(scope="module")
def offline(folder: Path) -> str:
    """What a demo without data and without a network prints."""
    demo = start(folder, HTTPS_PROXY="http://127.0.0.1:9")
    output, _ = demo.communicate()
    assert demo.returncode == 0, output
    return output


def test_a_demo_prints_the_models_figures_and_keeps_its_results(folder: Path, offline: str) -> None:
    metrics = json.loads((folder / "runs" / "latest" / "metrics.json").read_text())
    matrix = metrics["confusion_matrix"]
    assert metrics["rows"] == sum(matrix.values()) == 1200
    for expected in (
        f"Overall Classification Rate: {metrics['accuracy']:.1%}",
        *(f"({count})" for count in matrix.values()),
        f"{metrics['roc_auc']:.5f}",
        f"{metrics['average_precision']:.5f}",
        f"{metrics['baseline_accuracy']:.5f}",
        "0 endpoints, 0 endpoint configurations, 0 models",
        SAMPLE.name,
        "train_model",
    ):
        assert expected in offline
    assert {file.name for file in (folder / "runs" / "latest").iterdir()} == {
        "metrics.json",
        "model.tar.gz",
        "plan.json",
        "predictions.csv",
        "report.html",
    }
    with tarfile.open(folder / "runs" / "latest" / "model.tar.gz") as archive:
        assert archive.getnames() == ["xgboost-model"]
    assert processes_of(folder) == []


def test_without_data_and_network_the_sample_is_used_and_said_so(offline: str) -> None:
    first_line = offline.splitlines()[0]
    assert first_line.startswith("The tutorial's data cannot be reached (ConnectError)")
    assert first_line.endswith(f"using the bundled synthetic sample, {SAMPLE.name}.")


def test_a_file_that_is_not_there_is_told_at_once(folder: Path) -> None:
    demo = start(folder, "--data", "nowhere.csv")
    output, _ = demo.communicate()
    assert demo.returncode == 1
    assert "nowhere.csv: there is no such file" in output


def test_a_second_demo_leaves_the_first_alone(folder: Path) -> None:
    (folder / "demo").mkdir(exist_ok=True)
    (folder / "demo" / "of-the-first").touch()
    with FileLock(folder / "demo.lock"):
        demo = start(folder)
        output, _ = demo.communicate()
    assert demo.returncode == 1
    assert "Another demo runs in this folder" in output
    assert (folder / "demo" / "of-the-first").exists()


def test_a_run_that_fails_shows_why_and_fails_the_demo(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "no_label.csv").write_text("age,campaign\n56,1\n57,1\n")
    demo = start(folder, "--data", str(tmp_path / "no_label.csv"))
    output, _ = demo.communicate()
    assert demo.returncode == 1
    # What is told is the reason alone.
    told = output.partition("split_data failed")[2].splitlines()[1:4]
    assert [line.partition(":")[0] for line in told] == ["Found", "Expected", "To do"]
    assert "'y_yes'" in told[0]
    assert "Traceback" not in output
    assert processes_of(folder) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("moment", ["local_aws", "airflow scheduler", "xgboost serve"])
def test_a_demo_that_is_interrupted_leaves_nothing_running(
    folder: Path, number: signal.Signals, moment: str
) -> None:
    demo = start(folder, "--data", str(SAMPLE))
    try:
        started = wait_for_descendant(demo, moment)
    finally:
        demo.send_signal(number)
        output, _ = demo.communicate()
    assert demo.returncode == 130, output
    assert [process for process in started if lives(process)] == []
    assert processes_of(folder) == []
