"""What a task does that waits for something paid for, and cannot look at it for a while."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import ClientError

from include.operators.sagemaker.endpoint import RunSageMakerEndpointOperator
from include.operators.sagemaker.training import ResumableSageMakerTrainingOperator
from include.pipeline.errors import TrainingError
from tests.aws.clients import Aws
from tests.aws.connection import connect
from tests.aws.sagemaker_requests import deployment_requests
from tests.aws.training_jobs import trained_model
from tests.aws.waiting import wait_until
from tests.faults.aws_proxy import Answer, AwsProxy, Exchange
from tests.operators.sagemaker.training_jobs import ENDLESS, PLAN, planned_config

pytestmark = pytest.mark.slow

_GROUP = "/aws/sagemaker/TrainingJobs"


@dataclass
class Fault:
    """Answers requests of one operation with an error, and hands all others on."""

    operation: str = ""
    code: str = ""
    status: int = 400
    spared: int = 0
    """How many go through before."""
    times: int = 0
    """How many are answered so."""

    def __call__(self, exchange: Exchange) -> Answer:
        if exchange.operation != self.operation:
            return exchange.forward()
        self.spared -= 1
        if self.spared >= 0:
            return exchange.forward()
        self.times -= 1
        return exchange.error(self.code, self.status) if self.times >= 0 else exchange.forward()


@pytest.fixture
def fault(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> Iterator[Fault]:
    fault = Fault()
    proxy = AwsProxy(urlsplit(aws.url).netloc, fault)
    with proxy.running():
        connect(monkeypatch, f"http://127.0.0.1:{proxy.server_port}")
        # As boto3 does on AWS when it has tried several times.
        monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
        yield fault


def training(name: str, **hyperparameters: str) -> ResumableSageMakerTrainingOperator:
    return ResumableSageMakerTrainingOperator(
        task_id="train_model", config=planned_config(name, **hyperparameters), check_interval=1
    )


def follow(name: str) -> dict[str, Any]:
    """Start a job and follow it to its end."""
    task = training(name)
    job: dict[str, Any] = task.poll_until_complete(task.submit_job({}), {})["Training"]
    return job


@pytest.mark.parametrize(
    ("operation", "code", "status"),
    [
        ("DescribeTrainingJob", "ThrottlingException", 400),
        ("DescribeTrainingJob", "InternalFailure", 500),
        ("DescribeTrainingJob", "ServiceUnavailable", 503),
        ("DescribeLogStreams", "ThrottlingException", 400),
        ("GetLogEvents", "RequestLimitExceeded", 400),
        ("DescribeLogStreams", "AccessDeniedException", 400),
        ("GetLogEvents", "AccessDeniedException", 400),
    ],
)
def test_a_job_is_followed_to_its_end(fault: Fault, operation: str, code: str, status: int) -> None:
    # The first two descriptions are those before the task looks.
    fault.operation, fault.code, fault.status, fault.times = operation, code, status, 2
    fault.spared = 2 if operation == "DescribeTrainingJob" else 0
    assert follow(f"unseen-{operation}-{code}")["TrainingJobStatus"] == "Completed"
    assert fault.times <= 1


def test_a_job_that_may_not_be_looked_at_fails_the_task(fault: Fault) -> None:
    fault.operation, fault.code, fault.times, fault.spared = "DescribeTrainingJob", "AccessDenied", 1, 2
    with pytest.raises(ClientError, match="AccessDenied"):
        follow("denied")


def test_the_log_is_shown_where_it_was_throttled(fault: Fault, capsys: pytest.CaptureFixture[str]) -> None:
    fault.operation, fault.code, fault.times = "DescribeLogStreams", "ThrottlingException", 2
    follow("throttled-log")
    log = capsys.readouterr().out
    assert "Looking again: An error occurred (ThrottlingException)" in log
    assert [line for line in range(5) if f"[{line}]#011train-logloss" in log] == [0, 1, 2, 3, 4]


def test_a_log_that_may_not_be_read_is_said_once(fault: Fault, capsys: pytest.CaptureFixture[str]) -> None:
    fault.operation, fault.code, fault.times = "DescribeLogStreams", "AccessDeniedException", 100
    follow("denied-log")
    log = capsys.readouterr().out
    assert log.count("Going on without the job's log: An error occurred (AccessDeniedException)") == 1
    assert "Completed - Training job completed" in log


@pytest.mark.parametrize(
    ("code", "status"), [("ThrottlingException", 400), ("InternalFailure", 500), ("ServiceUnavailable", 503)]
)
def test_an_endpoint_is_waited_for(aws: Aws, fault: Fault, code: str, status: int) -> None:
    sagemaker = aws.client("sagemaker")
    name = f"unseen-{code.lower()}"
    archive = trained_model(sagemaker, f"{name}-job")
    # Before it is made it is asked for, too.
    fault.operation, fault.code, fault.status, fault.times, fault.spared = (
        "DescribeEndpoint",
        code,
        status,
        2,
        3,
    )
    made = RunSageMakerEndpointOperator(
        task_id="deploy_endpoint",
        config=deployment_requests(name, archive, PLAN.to_aws()),
        model_data_url=archive,
        check_interval=1,
    ).execute({})
    assert made["Endpoint"]["EndpointStatus"] == "InService"
    assert fault.times <= 0
    sagemaker.delete_endpoint(EndpointName=name)


def test_the_logs_of_all_instances_are_shown(aws: Aws, capsys: pytest.CaptureFixture[str]) -> None:
    """Also that of an instance that took the place of another, as those of a spot job do."""
    sagemaker, logs = aws.client("sagemaker"), aws.client("logs")
    streams = ("algo-1-2000000000", "algo-2-1900000000", "algo-3-1900000000")
    task = training("several", **ENDLESS)
    task.submit_job({})
    wait_until(lambda: logs.describe_log_groups(logGroupNamePrefix=_GROUP)["logGroups"])
    for stream in streams:
        name = {"logGroupName": _GROUP, "logStreamName": f"several/{stream}"}
        logs.create_log_stream(**name)
        event = {"timestamp": int(time.time() * 1000), "message": f"Hello from {stream}"}
        logs.put_log_events(**name, logEvents=[event])
    sagemaker.stop_training_job(TrainingJobName="several")
    with pytest.raises(TrainingError, match="ended as Stopped"):
        task.poll_until_complete("several", {})
    log = capsys.readouterr().out
    for stream in streams:
        assert log.count(f"Hello from {stream}") == 1
