"""A job that outlives its end, or takes the machine from everybody else."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.aws.clients import Aws
from tests.aws.job_logs import job_log
from tests.aws.processing_jobs import ended, processing_request
from tests.aws.sagemaker_requests import training_request
from tests.aws.training_data import BUCKET
from tests.aws.training_jobs import ENDLESS
from tests.aws.waiting import end_of_job, wait_until
from tests.services.local_aws_server import local_aws_server

# A daemon, by the book: a session of its own, and no parent. It keeps the job's output open.
DAEMON = """
import os, signal, sys, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execv(sys.executable, [sys.executable, "-c", "import time; time.sleep(600)", {mark!r}])
    os._exit(0)
os.wait()
{then}
"""
MOST_MEGABYTES, MOST_PROCESSES, MOST_SECONDS = 700, 40, 8


@pytest.fixture(scope="module")
def aws() -> Iterator[Aws]:
    limits = ("--job-memory", str(MOST_MEGABYTES), "--job-processes", str(MOST_PROCESSES))
    with local_aws_server(*limits, "--job-seconds", str(MOST_SECONDS)) as server:
        made = Aws(server.url)
        made.client("s3").create_bucket(Bucket=BUCKET)
        made.client("s3").put_object(Bucket=BUCKET, Key="train/train.csv", Body=b"1,2\n0,1\n" * 20)
        yield made


def start(aws: Aws, name: str, script: str, **members: Any) -> Any:
    aws.client("s3").put_object(Bucket=BUCKET, Key=f"{name}/script.py", Body=script.encode())
    sagemaker = aws.client("sagemaker")
    sagemaker.create_processing_job(**processing_request(name, **members))
    return sagemaker


@pytest.fixture
def tmp_path(tmp_path: Path) -> Iterator[Path]:
    """Also the name that a daemon goes by. Where the test fails, it ends nevertheless."""
    yield tmp_path
    for process in daemons(tmp_path):
        process.kill()


def logged(aws: Aws, name: str) -> str:
    return "\n".join(job_log(aws.client, "ProcessingJobs", name))


def daemons(mark: Path) -> list[psutil.Process]:
    """The processes that run a script which names a file."""
    found = []
    for process in psutil.process_iter(["cmdline", "status"]):
        is_one = str(mark) in (process.info["cmdline"] or [])
        if is_one and process.info["status"] != psutil.STATUS_ZOMBIE:
            found.append(process)
    return found


def daemon(mark: Path, then: str) -> str:
    """A script that starts a daemon with a file's name on its command line, and goes on."""
    return DAEMON.format(mark=str(mark), then=then)


def test_what_a_script_leaves_behind_ends_with_it(aws: Aws, tmp_path: Path) -> None:
    begin = time.monotonic()
    sagemaker = start(aws, "leaves-a-daemon", daemon(tmp_path, "time.sleep(2)"))
    wait_until(lambda: bool(daemons(tmp_path)))
    # Its daemon holds the job's output open, too: that must not keep the job from ending.
    assert ended(sagemaker, "leaves-a-daemon")["ProcessingJobStatus"] == "Completed"
    assert time.monotonic() - begin < MOST_SECONDS
    wait_until(lambda: not daemons(tmp_path))


def test_a_script_cannot_end_the_process_that_keeps_it(aws: Aws, tmp_path: Path) -> None:
    script = daemon(tmp_path, "os.kill(os.getppid(), signal.SIGKILL); time.sleep(2)")
    sagemaker = start(aws, "kills", script)
    ended(sagemaker, "kills")
    wait_until(lambda: not daemons(tmp_path), seconds=5)


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_nothing_is_left_of_a_job_that_ends_before_its_time(tmp_path: Path, end: str) -> None:
    with local_aws_server() as server:
        aws = Aws(server.url)
        aws.client("s3").create_bucket(Bucket=BUCKET)
        aws.client("s3").put_object(Bucket=BUCKET, Key="train/train.csv", Body=b"1,2\n")
        sagemaker = start(aws, "ends-early", daemon(tmp_path, "time.sleep(600)"))
        wait_until(lambda: bool(daemons(tmp_path)))
        if end == "stop":
            sagemaker.stop_processing_job(ProcessingJobName="ends-early")
            assert ended(sagemaker, "ends-early")["ProcessingJobStatus"] == "Stopped"
        else:
            server.process.kill()
            server.process.wait(timeout=10)
        wait_until(lambda: not daemons(tmp_path))


def test_a_jobs_processes_are_counted(aws: Aws) -> None:
    many = "import subprocess\nall = [subprocess.Popen(['sleep', '600']) for _ in range(200)]\nall[0].wait()"
    job = ended(start(aws, "many-processes", many), "many-processes")
    assert job["ProcessingJobStatus"] == "Failed"
    # Whoever is not root meets the system's own limit first.
    log = logged(aws, "many-processes")
    assert "(--job-processes)" in log or "Resource temporarily unavailable" in log


def test_the_memory_of_one_process_is_limited(aws: Aws) -> None:
    large = f"held = b'1' * ({MOST_MEGABYTES + 300} * 1024**2)"
    job = ended(start(aws, "much-memory", large), "much-memory")
    assert job["ProcessingJobStatus"] == "Failed"
    assert "MemoryError" in logged(aws, "much-memory")


def test_the_memory_of_all_processes_of_a_job_is_limited(aws: Aws) -> None:
    part = "held = b'1' * (300 * 1024**2); import time; time.sleep(600)"
    popen = f"subprocess.Popen([sys.executable, '-c', {part!r}])"
    script = f"import subprocess, sys\nall = [{popen} for _ in range(4)]\nall[0].wait()"
    job = ended(start(aws, "much-memory-together", script), "much-memory-together")
    assert job["ProcessingJobStatus"] == "Failed"
    assert "(--job-memory)" in logged(aws, "much-memory-together")


def test_a_script_has_its_time(aws: Aws) -> None:
    begin = time.monotonic()
    job = ended(start(aws, "endless", "import time\ntime.sleep(600)"), "endless")
    assert job["ProcessingJobStatus"] == "Failed"
    assert MOST_SECONDS < time.monotonic() - begin < 4 * MOST_SECONDS
    assert "(--job-seconds)" in logged(aws, "endless")


def test_a_training_job_has_its_time(aws: Aws) -> None:
    sagemaker = aws.client("sagemaker")
    sagemaker.create_training_job(**training_request("endless", HyperParameters=ENDLESS))
    job = end_of_job(lambda: sagemaker.describe_training_job(TrainingJobName="endless"), "TrainingJobStatus")
    assert job["TrainingJobStatus"] == "Failed"
