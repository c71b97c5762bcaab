"""The end of the server is the end of its processing and tuning jobs, with their processes and files."""

import signal
from contextlib import ExitStack, closing
from pathlib import Path

import psutil
import pytest

from tests.aws.clients import make_client
from tests.aws.processing_jobs import processing_request
from tests.aws.sagemaker_requests import channel
from tests.aws.training_data import BUCKET
from tests.aws.training_jobs import ENDLESS
from tests.aws.tuning_jobs import tuning_request
from tests.aws.waiting import wait_until
from tests.services.local_aws_server import local_aws_server

FAMILY = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
time.sleep(60)
"""


@pytest.mark.slow
@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
def test_nothing_is_left(end: signal.Signals, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with local_aws_server() as server, ExitStack() as stack:
        s3, sagemaker = (
            stack.enter_context(closing(make_client(service, server.url))) for service in ("s3", "sagemaker")
        )
        s3.create_bucket(Bucket=BUCKET)
        s3.put_object(Bucket=BUCKET, Key="train/train.csv", Body=b"1,2\n0,1\n" * 20)
        s3.put_object(Bucket=BUCKET, Key="family/script.py", Body=FAMILY.encode())
        sagemaker.create_processing_job(**processing_request("family"))
        limits = {"MaxNumberOfTrainingJobs": 9, "MaxParallelTrainingJobs": 2}
        sagemaker.create_hyper_parameter_tuning_job(
            **tuning_request(
                "endless",
                static=ENDLESS,
                definition={"InputDataConfig": [channel()]},
                ResourceLimits=limits,
            )
        )
        # The first process of each container, the script, and its child; on one core the tuning job waits.
        parent = psutil.Process(server.process.pid)
        wait_until(lambda: len(parent.children(recursive=True)) >= 3 + (psutil.cpu_count() > 1))
        descendants = parent.children(recursive=True)
        server.process.send_signal(end)
        server.process.wait(timeout=10)
        _, alive = psutil.wait_procs(descendants, timeout=5)
        assert alive == []
        # A container that was just being started removes its files once its process can.
        wait_until(lambda: not list(tmp_path.glob("local-aws-*")))
