"""A schedule's hours, by a clock that is set just before one."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local_aws.processing.monitoring import run
from local_aws.state.latency import Latency
from tests.aws.answers import refused
from tests.aws.clients import make_client
from tests.aws.in_process import local_aws_in_process
from tests.aws.lists import listed
from tests.aws.monitors import (
    RESULTS,
    definition_request,
    deploy_capturing,
    document,
    last_execution,
    schedule_config,
)
from tests.aws.sagemaker_requests import model_request
from tests.aws.training_data import BUCKET, noisy_rows, put_training_data
from tests.aws.training_jobs import trained_model
from tests.aws.waiting import wait_until
from tests.local_aws.processing.analyzer.analyses import captured

pytestmark = pytest.mark.slow

HOUR = datetime(2026, 3, 1, 14, tzinfo=UTC)


def set_clock(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    """Let schedules take now for a moment, from which their clock goes on."""
    offset = moment - datetime.now(UTC)
    monkeypatch.setattr(run, "now", lambda: datetime.now(UTC) + offset)


def put_captured(s3: Any, moment: datetime, answer: str) -> None:
    record = captured(answer, "1,2,3", f"{moment:%Y-%m-%dT%H:%M:%SZ}")
    key = f"captured/hourly/AllTraffic/{moment:%Y/%m/%d/%H/%M-%S}.jsonl"
    s3.put_object(Bucket=BUCKET, Key=key, Body=json.dumps(record).encode())


def analyzed(s3: Any, hour: datetime) -> list[float]:
    """Return the answers that an hour's execution has analyzed."""
    statistics = document(s3, f"{RESULTS}/hourly/hourly/{hour:%Y/%m/%d/%H}/statistics.json")
    scores: list[float] = statistics["features"][0]["numerical_statistics"]["distribution"]["kll"]["sketch"][
        "data"
    ][0]
    return scores


@contextmanager
def hourly_endpoint(latency: Latency) -> Iterator[tuple[Any, Any]]:
    """Clients of S3 and SageMaker, where an endpoint `hourly` captures and a definition has its name."""
    with local_aws_in_process(latency) as url:
        s3, sagemaker = make_client("s3", url), make_client("sagemaker", url)
        put_training_data(s3, noisy_rows())
        sagemaker.create_model(**model_request("hourly", trained_model(sagemaker, "hourly")))
        deploy_capturing(sagemaker, "hourly", "hourly")
        sagemaker.create_data_quality_job_definition(**definition_request("hourly", "hourly"))
        yield s3, sagemaker
        for client in (s3, sagemaker):
            client.close()


def test_each_hour_has_its_execution_of_the_data_since_then(monkeypatch: pytest.MonkeyPatch) -> None:
    with hourly_endpoint(Latency(starting=0)) as (s3, sagemaker):
        for minutes, answer in ((-61, "0.1"), (-60, "0.2"), (-1, "0.3"), (0, "0.4"), (59, "0.5")):
            put_captured(s3, HOUR + timedelta(minutes=minutes), answer)

        set_clock(monkeypatch, HOUR - timedelta(seconds=1))
        config = schedule_config("hourly", ScheduleExpression="cron(0 * ? * * *)")
        sagemaker.create_monitoring_schedule(MonitoringScheduleName="hourly", MonitoringScheduleConfig=config)
        first = last_execution(sagemaker, "hourly")
        assert (first["ScheduledTime"], first["MonitoringExecutionStatus"]) == (HOUR, "Completed")

        sagemaker.stop_monitoring_schedule(MonitoringScheduleName="hourly")
        later = HOUR + timedelta(hours=1)
        set_clock(monkeypatch, later - timedelta(seconds=1))
        sagemaker.start_monitoring_schedule(MonitoringScheduleName="hourly")
        of_both = {"MonitoringScheduleName": "hourly", "StatusEquals": "Completed"}
        wait_until(lambda: len(listed(sagemaker, "list_monitoring_executions", **of_both)) == 2)
        executions = listed(sagemaker, "list_monitoring_executions", **of_both)
        assert [one["ScheduledTime"] for one in executions] == [later, HOUR]
        assert [analyzed(s3, hour) for hour in (HOUR, later)] == [[0.2, 0.3], [0.4, 0.5]]


def test_a_schedule_whose_execution_runs_is_not_deleted(monkeypatch: pytest.MonkeyPatch) -> None:
    with hourly_endpoint(Latency(starting=0.5)) as (s3, sagemaker):
        put_captured(s3, HOUR - timedelta(minutes=5), "0.5")
        set_clock(monkeypatch, HOUR)
        request = {"MonitoringScheduleName": "once", "MonitoringScheduleConfig": schedule_config("hourly")}
        arn = sagemaker.create_monitoring_schedule(**request)["MonitoringScheduleArn"]
        wait_until(lambda: listed(sagemaker, "list_monitoring_executions", StatusEquals="InProgress"))
        assert refused(sagemaker.delete_monitoring_schedule, MonitoringScheduleName="once") == (
            "ValidationException",
            f"Can't delete Monitoring Schedule {arn}: it has an execution in progress.",
        )
        (job,) = listed(sagemaker, "list_processing_jobs")
        sagemaker.stop_processing_job(ProcessingJobName=job["ProcessingJobName"])
        assert last_execution(sagemaker, "once")["MonitoringExecutionStatus"] == "Stopped"
        sagemaker.delete_monitoring_schedule(MonitoringScheduleName="once")
