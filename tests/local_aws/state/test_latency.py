"""`--latency`: how long states last, and that nobody has to wait for the end of one."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from typing import Any

import pytest

from local_aws.state.latency import LATENCIES, Latency
from tests.aws.clients import make_client
from tests.aws.endpoints import deploy, settled
from tests.aws.in_process import local_aws_in_process
from tests.aws.sagemaker_requests import training_request
from tests.aws.training_data import BUCKET
from tests.aws.training_jobs import finished
from tests.aws.waiting import wait_until
from tests.services.local_aws_server import local_aws_server

ROWS = b"".join(b"%d,%d,%d\n" % (row % 2, row % 2, row % 3) for row in range(40))


@contextmanager
def client_with_data(url: str) -> Iterator[Any]:
    with ExitStack() as stack:
        s3, sagemaker = (
            stack.enter_context(closing(make_client(service, url))) for service in ("s3", "sagemaker")
        )
        s3.create_bucket(Bucket=BUCKET)
        s3.put_object(Bucket=BUCKET, Key="train/train.csv", Body=ROWS)
        yield sagemaker


@pytest.mark.slow
def test_each_state_lasts_as_long_as_it_is_told() -> None:
    latency = Latency(starting=0.6, downloading=0.7, uploading=0.8, creating=1.5, updating=0.9)
    with local_aws_in_process(latency) as url, client_with_data(url) as sagemaker:
        sagemaker.create_training_job(**training_request("slow"))
        job = finished(sagemaker, "slow")
        lasted = {
            step["Status"]: (step["EndTime"] - step["StartTime"]).total_seconds()
            for step in job["SecondaryStatusTransitions"]
        }
        for status, seconds in (("Starting", 0.6), ("Downloading", 0.7), ("Uploading", 0.8)):
            assert seconds - 0.01 <= lasted[status] < seconds + 1.0
        begin = time.monotonic()
        endpoint = deploy(sagemaker, "slow", job["ModelArtifacts"]["S3ModelArtifacts"])
        assert endpoint["EndpointStatus"] == "InService"
        assert time.monotonic() - begin >= 1.5
        begin = time.monotonic()
        sagemaker.update_endpoint_weights_and_capacities(
            EndpointName="slow",
            DesiredWeightsAndCapacities=[{"VariantName": "AllTraffic", "DesiredInstanceCount": 2}],
        )
        (variant,) = settled(sagemaker, "slow")["ProductionVariants"]
        assert time.monotonic() - begin >= 0.9
        assert variant["CurrentInstanceCount"] == 2
        sagemaker.delete_endpoint(EndpointName="slow")


def test_realistic_is_what_aws_takes_and_none_is_next_to_nothing() -> None:
    realistic, none = LATENCIES["realistic"], LATENCIES["none"]
    assert 60 <= realistic.starting + realistic.downloading + realistic.uploading <= 300
    assert 240 <= realistic.creating <= 600
    assert 30 <= realistic.updating <= 240
    assert none.starting + none.downloading + none.uploading + none.creating < 0.5
    assert none.updating < 0.5


@pytest.mark.slow
def test_a_job_can_be_stopped_while_it_waits_and_so_can_the_server() -> None:
    with (
        local_aws_server("--latency", "realistic") as server,
        client_with_data(server.url) as sagemaker,
    ):
        for name in ("stopped", "waits"):
            sagemaker.create_training_job(**training_request(name))
        time.sleep(1)
        describe = sagemaker.describe_training_job
        assert describe(TrainingJobName="stopped")["SecondaryStatus"] == "Starting"
        sagemaker.stop_training_job(TrainingJobName="stopped")
        wait_until(lambda: describe(TrainingJobName="stopped")["TrainingJobStatus"] == "Stopped", 20)
        assert describe(TrainingJobName="waits")["SecondaryStatus"] == "Starting"
        begin = time.monotonic()
    assert time.monotonic() - begin < 20 < LATENCIES["realistic"].starting
