import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import boto3
import pytest
from moto import mock_aws

from include.pipeline.evaluation.training_log import LOG_GROUP, read_training_curve, training_curve

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient


# CloudWatch takes no events of more than 14 days ago.
_NOW = int(time.time() * 1000)


@pytest.fixture
def logs() -> Iterator["CloudWatchLogsClient"]:
    with mock_aws():
        client = boto3.client("logs", region_name="us-east-1")
        client.create_log_group(logGroupName=LOG_GROUP)
        yield client
        client.close()


def write(logs: "CloudWatchLogsClient", stream: str, *lines: str) -> None:
    logs.create_log_stream(logGroupName=LOG_GROUP, logStreamName=stream)
    for start in range(0, len(lines), 1000):
        events = [
            {"timestamp": _NOW + at, "message": line}
            for at, line in enumerate(lines[start : start + 1000], start)
        ]
        logs.put_log_events(logGroupName=LOG_GROUP, logStreamName=stream, logEvents=events)


def test_each_metric_has_a_value_a_round() -> None:
    assert training_curve(
        [
            "[2026-11-23:06:00:01:INFO] Train matrix has 200 rows and 3 columns",
            "[0]#011train-logloss:0.48482#011validation-logloss:0.52134",
            "[1]#011train-logloss:0.4#011validation-logloss:5e-1",
        ]
    ) == {"train-logloss": (0.48482, 0.4), "validation-logloss": (0.52134, 0.5)}


def test_a_tab_is_a_tab_and_a_metrics_name_may_have_a_parameter() -> None:
    assert training_curve(["[10]\ttrain-error@0.7:0.1"]) == {"train-error@0.7": (0.1,)}


def test_a_metric_that_is_no_number_is_left_out() -> None:
    lines = ["[0]#011train-auc:0.5#011validation-auc:nan", "[1]#011train-auc:0.6#011validation-auc:0.6"]
    assert training_curve(lines) == {"train-auc": (0.5, 0.6)}


@pytest.mark.parametrize(
    "line", ["", "[0]", "[0]#011", "[0] train-logloss:0.5", "[x]#011train-logloss:0.5", "train-logloss:0.5"]
)
def test_other_lines_are_passed_over(line: str) -> None:
    assert training_curve([line]) == {}


def test_a_jobs_log_is_read_to_its_end_and_no_other_jobs(logs: "CloudWatchLogsClient") -> None:
    lines = [f"[{at}]#011train-logloss:{1 / (at + 1):.5f}" for at in range(12_000)]
    write(logs, "job/algo-1-1700000000", "Arguments: train", *lines)
    write(logs, "job/algo-10-1700000000", "[0]#011train-logloss:9")
    write(logs, "job/algo-2-1700000000", "[0]#011train-logloss:9")
    write(logs, "job-2/algo-1-1700000000", "[0]#011train-logloss:9")
    curve = read_training_curve(logs, "job")
    assert curve == {"train-logloss": tuple(float(f"{1 / (at + 1):.5f}") for at in range(12_000))}


def test_a_job_without_a_log_has_no_curve(logs: "CloudWatchLogsClient") -> None:
    assert read_training_curve(logs, "job") == {}


def test_a_log_group_that_is_gone_costs_the_curve_alone(logs: "CloudWatchLogsClient") -> None:
    logs.delete_log_group(logGroupName=LOG_GROUP)
    assert read_training_curve(logs, "job") == {}
