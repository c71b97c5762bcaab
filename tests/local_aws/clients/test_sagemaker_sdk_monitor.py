"""Model Monitor by the SageMaker Python SDK 3, as its documents show it: baseline, schedule, violations."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import numpy as np
import pytest

from tests.aws.clients import CREDENTIALS
from tests.aws.endpoints import delete, invoke
from tests.aws.monitors import deploy_capturing, last_execution
from tests.aws.sagemaker_requests import ROLE
from tests.aws.training_data import BUCKET, as_csv
from tests.services.local_aws_server import LocalAwsServer

pytestmark = [
    pytest.mark.clients,
    pytest.mark.slow,
    pytest.mark.usefixtures("s3"),
    # Of the SDK's own modules, which import each other by names of before.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    # It leaves a temporary folder to the garbage collector.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture
def session(server: LocalAwsServer, monkeypatch: pytest.MonkeyPatch) -> Any:
    from sagemaker.core.helper.session_helper import Session  # noqa: PLC0415 - 4 s

    monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
    return Session(boto3.Session(**CREDENTIALS), default_bucket=BUCKET)


@pytest.fixture
def answers(sagemaker: Any, runtime: Any, endpoint: str, rows: np.ndarray) -> Iterator[list[float]]:
    """What an endpoint `sdk-monitored` has answered, which captures."""
    deploy_capturing(sagemaker, "sdk-monitored", endpoint)
    yield [float(invoke(runtime, "sdk-monitored", as_csv(row[None]))["Body"]) for row in rows[:40, 1:]]
    delete(sagemaker, "sdk-monitored")


def test_baseline_schedule_and_violations(
    sagemaker: Any, session: Any, answers: list[float], rows: np.ndarray, tmp_path: Path
) -> None:
    from sagemaker.core.model_monitor import CronExpressionGenerator, DefaultModelMonitor  # noqa: PLC0415 - as above
    from sagemaker.core.model_monitor.dataset_format import DatasetFormat  # noqa: PLC0415 - as above

    table = tmp_path / "baseline.csv"
    moved = np.column_stack([answers, rows[:40, 1:] + 5])
    table.write_bytes(b"score,a,b,c\n" + as_csv(moved))
    monitor = DefaultModelMonitor(role=ROLE, sagemaker_session=session, max_runtime_in_seconds=600)
    monitor.suggest_baseline(
        baseline_dataset=str(table),
        dataset_format=DatasetFormat.csv(header=True),
        output_s3_uri=f"s3://{BUCKET}/sdk-monitor/baseline",
        logs=False,
    )
    statistics = monitor.baseline_statistics().body_dict
    assert [one["name"] for one in statistics["features"]] == ["score", "a", "b", "c"]
    assert statistics["features"][1]["numerical_statistics"]["mean"] == pytest.approx(moved[:, 1].mean())
    assert len(monitor.suggested_constraints().body_dict["features"]) == 4

    monitor.create_monitoring_schedule(
        monitor_schedule_name="sdk",
        endpoint_input="sdk-monitored",
        output_s3_uri=f"s3://{BUCKET}/sdk-monitor/reports",
        statistics=monitor.baseline_statistics(),
        constraints=monitor.suggested_constraints(),
        schedule_cron_expression=CronExpressionGenerator.now(),
        data_analysis_start_time="-PT1H",
        data_analysis_end_time="-PT0H",
    )
    execution = last_execution(sagemaker, "sdk")
    assert execution["MonitoringExecutionStatus"] == "CompletedWithViolations", execution
    violations = monitor.latest_monitoring_constraint_violations().body_dict["violations"]
    assert {(one["feature_name"], one["constraint_check_type"]) for one in violations} == {
        (name, "baseline_drift_check") for name in "abc"
    }
    assert monitor.latest_monitoring_statistics().body_dict["dataset"]["item_count"] == 40
    monitor.stop_monitoring_schedule()
    monitor.delete_monitoring_schedule()
    assert sagemaker.list_monitoring_schedules(NameContains="sdk")["MonitoringScheduleSummaries"] == []
