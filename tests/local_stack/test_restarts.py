"""`make up` is killed in the middle of a run, and started again: nothing is left, nothing is forgotten."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from local_stack.airflow_api import AirflowApi
from local_stack.demo import DAG_ID, SAMPLE
from local_stack.results import LocalAwsClient
from local_stack.stack import REGION, USER, LocalStack, free_port
from tests.project import PROJECT
from tests.services.living_processes import listens, processes_by

pytestmark = [pytest.mark.slow, pytest.mark.stacks, pytest.mark.timeout(1500)]

_START_SECONDS = 300
_RUN_SECONDS = 600
# After that, nothing may be left.
_END_SECONDS = 10
_FOLDER = "LOCAL_STACK_FOLDER"
_ROWS = 600
_OVER = {"success", "failed"}


@dataclass(frozen=True)
class Up:
    """A stack as `make up` starts it, with its output in a pipe to another process."""

    process: "subprocess.Popen[bytes]"
    stack: LocalStack
    output: Path
    airflow: AirflowApi

    def said(self) -> str:
        return self.output.read_text()

    def runs(self) -> dict[str, str]:
        return {run.dag_run_id: run.state for run in self.airflow.runs(DAG_ID)}

    def states(self, run_id: str) -> dict[str, str | None]:
        return {task.task_id: task.state for task in self.airflow.tasks(DAG_ID, run_id)}

    def report(self, run_id: str) -> httpx.Response:
        page = "/model_report/report"
        return self.airflow._client.get(page, params={"dag_id": DAG_ID, "run_id": run_id})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Stands for the project's `.local`."""
    return tmp_path_factory.mktemp("local")


@contextmanager
def up(folder: Path, output: Path, ports: dict[str, str], authorization: str = "") -> Iterator[Up]:
    stack = LocalStack(folder / "airflow", int(ports["AIRFLOW_PORT"]), int(ports["LOCAL_AWS_PORT"]))
    with output.open("wb") as file, output.with_suffix(".stderr").open("wb") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "local_stack.up"],
            cwd=PROJECT,
            env=os.environ | {_FOLDER: str(folder), "SOURCE_FOLDER": str(folder)} | ports,
            stdout=subprocess.PIPE,
            stderr=errors,
            start_new_session=True,
        )
        reader = subprocess.Popen(["/bin/cat"], stdin=process.stdout, stdout=file)
        assert process.stdout
        process.stdout.close()
        with AirflowApi(stack.airflow_url, USER, stack.password) as airflow:
            if authorization:
                airflow._client.headers["Authorization"] = authorization
            try:
                yield Up(process, stack, output, airflow)
            finally:
                for left in processes_by(_FOLDER).get(str(folder), {}):
                    left.kill()
                process.wait()
                reader.wait()


def wait_for(happened: Callable[[], object], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.5)


def assert_nothing_is_left(up: Up, folder: Path) -> None:
    """Within ten seconds."""

    def left() -> list[str]:
        living = [*processes_by(_FOLDER).get(str(folder), {}).values()]
        ports = [port for port in (up.stack.airflow_port, up.stack.local_aws_port) if listens(port)]
        return living + [f"port {port}" for port in ports]

    deadline = time.monotonic() + _END_SECONDS
    while left() and time.monotonic() < deadline:
        time.sleep(0.5)
    assert left() == []


def test_a_stack_that_was_killed_in_mid_run_leaves_nothing_and_goes_on(folder: Path, tmp_path: Path) -> None:
    data = folder / "rows.csv"
    data.write_text("".join(SAMPLE.read_text().splitlines(keepends=True)[: _ROWS + 1]))
    ports = {"AIRFLOW_PORT": str(free_port()), "LOCAL_AWS_PORT": str(free_port())}
    conf = {"data_url": str(data), "must_beat_baseline": False, "min_roc_auc": 0.0}
    with up(folder, tmp_path / "first.log", ports) as first:
        wait_for(lambda: first.stack.airflow_url in first.said(), _START_SECONDS)
        assert first.airflow.is_healthy()
        done = first.airflow.trigger(DAG_ID, conf).dag_run_id
        refused = first.airflow.trigger(DAG_ID, conf | {"data_url": "/elsewhere/rows.csv"}).dag_run_id
        wait_for(lambda: {first.runs()[run] for run in (done, refused)} <= _OVER, _RUN_SECONDS)
        assert (first.runs()[done], first.runs()[refused]) == ("success", "failed")
        report = first.report(done)
        assert "ROC AUC" in report.text
        cut = first.airflow.trigger(DAG_ID, conf | {"force_retrain": True}).dag_run_id
        wait_for(lambda: first.states(cut)["train_model"] == "running", _RUN_SECONDS)
        first.process.send_signal(signal.SIGKILL)
        assert_nothing_is_left(first, folder)
        said = first.said().splitlines()
        authorization = first.airflow._client.headers["Authorization"]
    assert [line for line in said if f"{done}  train_model  success" in line]
    (error,) = [number for number, line in enumerate(said) if "Found: " in line]
    assert "/elsewhere/rows.csv" in said[error]
    assert f"{refused}  plan_run  failed" in said[error - 1]
    assert [line.split()[0] for line in said[error + 1 : error + 4]] == ["Expected:", "To", "Log:"]
    assert Path(said[error + 3].split()[-1]).is_file()
    # The tasks of the three runs, the runs, the error, and the lines of the start.
    assert len(said) < 16 + 16 + 8 + 5 + 20, said
    # Who was logged in still is.
    with up(folder, tmp_path / "second.log", ports, authorization) as second:
        wait_for(lambda: second.stack.airflow_url in second.said(), _START_SECONDS)
        assert second.report(done).text == report.text
        wait_for(lambda: second.runs()[cut] in _OVER, _RUN_SECONDS)
        wait_for(lambda: f"{cut}  RUN {second.runs()[cut].upper()}" in second.said(), 30)
        if second.runs()[cut] == "failed":
            assert "local AWS ended while the training job ran" in second.said()
        aws = LocalAwsClient(second.stack.aws_url, REGION, second.stack.aws_key)
        assert aws.client("sagemaker").list_endpoints()["Endpoints"] == []
        second.process.send_signal(signal.SIGINT)
        assert_nothing_is_left(second, folder)
        assert second.process.wait() == 130
        assert second.said().splitlines()[-1] == "Stopped."
        assert second.output.with_suffix(".stderr").read_text() == ""
