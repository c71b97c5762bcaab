"""Spot jobs that lose their instance, on a local AWS that takes it from them."""

import re
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from include.operators.sagemaker.training import ResumableSageMakerTrainingOperator
from include.pipeline.errors import TrainingError
from tests.aws.clients import Aws
from tests.aws.connection import connect
from tests.aws.training_data import BUCKET, put_training_data, separable_rows
from tests.aws.training_jobs import finished
from tests.aws.waiting import wait_until
from tests.operators.sagemaker.training_jobs import planned_config
from tests.services.local_aws_server import local_aws_server

pytestmark = pytest.mark.slow

# Seconds of work, a line and a checkpoint each round.
ROUNDS = {"num_round": "12", "num_parallel_tree": "1000", "max_depth": "8"}
ENDLESS = {"num_round": "10000"}


@pytest.fixture
def interrupting(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Aws]]:
    """Starts a local AWS that interrupts spot jobs, and points the connection to it."""
    running = []

    def start(after: float, wait: float) -> Aws:
        context = local_aws_server("--interrupt-spot", str(after), str(wait))
        aws = Aws(context.__enter__().url)
        running.append(context)
        put_training_data(aws.client("s3"), separable_rows())
        connect(monkeypatch, aws.url)
        return aws

    yield start
    for context in running:
        context.__exit__(None, None, None)


def spot_task(name: str, max_wait: int = 900, **changed: Any) -> ResumableSageMakerTrainingOperator:
    config = planned_config(name, **ROUNDS) | {
        "EnableManagedSpotTraining": True,
        "StoppingCondition": {"MaxRuntimeInSeconds": min(600, max_wait), "MaxWaitTimeInSeconds": max_wait},
        "CheckpointConfig": {"S3Uri": f"s3://{BUCKET}/checkpoints/{name}"},
    }
    return ResumableSageMakerTrainingOperator(
        task_id="train_model", config=config | changed, check_interval=1
    )


def endless(name: str, **changed: Any) -> ResumableSageMakerTrainingOperator:
    task = spot_task(name, **changed)
    task.config["HyperParameters"] |= ENDLESS
    return task


def steps(job: dict[str, Any]) -> list[str]:
    return [step["Status"] for step in job["SecondaryStatusTransitions"]]


def stop_once_it_went_on(aws: Aws, name: str) -> None:
    """Stops a job in its second round after the interruption, however quick this machine is."""
    sagemaker, logs = aws.client("sagemaker"), aws.client("logs")
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        time.sleep(0.3)
        if "Interrupted" in steps(sagemaker.describe_training_job(TrainingJobName=name)):
            events = logs.filter_log_events(
                logGroupName="/aws/sagemaker/TrainingJobs", logStreamNamePrefix=f"{name}/"
            )["events"]
            if sum(event["message"].startswith("[1]#011train") for event in events) > 1:
                break
    sagemaker.stop_training_job(TrainingJobName=name)


def test_an_interrupted_job_goes_on_and_its_whole_log_is_shown(
    interrupting: Callable[..., Aws], capsys: pytest.CaptureFixture[str]
) -> None:
    # Rounds begin a few seconds after the process.
    aws = interrupting(12, 2)
    task = endless("interrupted")
    task.submit_job({})
    outside = threading.Thread(target=stop_once_it_went_on, args=(aws, "interrupted"))
    outside.start()
    with pytest.raises(TrainingError, match="ended as Stopped: Training job stopped"):
        task.execute({})
    outside.join()
    job = aws.client("sagemaker").describe_training_job(TrainingJobName="interrupted")
    # https://docs.aws.amazon.com/sagemaker/latest/dg/model-managed-spot-training.html
    assert steps(job) == [
        *("Starting", "Downloading", "Training", "Interrupted"),
        *("Starting", "Downloading", "Training", "Stopping", "Stopped"),
    ]
    log = capsys.readouterr().out
    rounds = [int(number) for number in re.findall(r"\[(\d+)\]#011train-logloss", log)]
    # It went on from its last checkpoint; XGBoost counts from 0 again. A round that had ended when the
    # instance was taken may not have its checkpoint yet.
    (resumed,) = re.findall(r"Resuming from iteration (\d+)", log)
    second = rounds.index(0, 1)
    assert rounds == [*range(second), *range(len(rounds) - second)]
    assert 0 < int(resumed) <= second <= int(resumed) + 1
    streams = aws.client("logs").describe_log_streams(
        logGroupName="/aws/sagemaker/TrainingJobs", logStreamNamePrefix="interrupted/"
    )["logStreams"]
    assert len(streams) == 2
    # The checkpoints are numbered on: what it resumed from was one less.
    kept = aws.client("s3").list_objects_v2(Bucket=BUCKET, Prefix="checkpoints/interrupted/")["Contents"]
    newest = max(int(item["Key"].rpartition(".")[2]) for item in kept)
    assert newest >= int(resumed)
    # The wait is no training: nothing is said to be saved.
    assert job["BillableTimeInSeconds"] == job["TrainingTimeInSeconds"]
    taken = (job["TrainingEndTime"] - job["TrainingStartTime"]).total_seconds()
    assert job["TrainingTimeInSeconds"] <= taken - 1


def test_a_job_whose_wait_is_over_fails_and_says_why(interrupting: Callable[..., Aws]) -> None:
    aws = interrupting(2, 600)
    with pytest.raises(TrainingError, match=r"ended as Stopped: .*exceeded MaxWaitTimeInSeconds"):
        endless("waited", max_wait=6).execute({})
    job = aws.client("sagemaker").describe_training_job(TrainingJobName="waited")
    assert (job["TrainingJobStatus"], job["SecondaryStatus"]) == ("Stopped", "MaxWaitTimeExceeded")
    assert steps(job)[-3:] == ["Interrupted", "Stopping", "MaxWaitTimeExceeded"]


def test_a_job_that_is_stopped_while_it_waits_ends(interrupting: Callable[..., Aws]) -> None:
    aws = interrupting(1, 600)
    task = endless("stopped-waiting")
    name = task.submit_job({})
    sagemaker = aws.client("sagemaker")
    wait_until(
        lambda: sagemaker.describe_training_job(TrainingJobName=name)["SecondaryStatus"] == "Interrupted"
    )
    task.on_kill()
    assert finished(sagemaker, name)["TrainingJobStatus"] == "Stopped"


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        (
            "on-demand",
            {"EnableManagedSpotTraining": False, "StoppingCondition": {"MaxRuntimeInSeconds": 600}},
        ),
        ("short", {"HyperParameters": {"num_round": "2", "objective": "binary:logistic"}}),
    ],
)
def test_jobs_on_demand_and_those_that_end_before_are_not_interrupted(
    interrupting: Callable[..., Aws], name: str, changed: dict[str, Any]
) -> None:
    aws = interrupting(30 if name == "short" else 1, 60)
    made = spot_task(name, **changed).execute({})["Training"]["TrainingJobName"]
    job = aws.client("sagemaker").describe_training_job(TrainingJobName=made)
    assert "Interrupted" not in steps(job)
    assert job["TrainingJobStatus"] == "Completed"
