"""The metrics of each training round, from the job's log in CloudWatch."""

import re
from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_logs.type_defs import GetLogEventsRequestTypeDef

LOG_GROUP = "/aws/sagemaker/TrainingJobs"
# [12]<tab>train-logloss:0.48482<tab>validation-logloss:0.52134, the tab as CloudWatch's agent writes it.
_ROUND = re.compile(r"\[\d+\]((?:(?:#011|\t)[\w@.-]+:[-+.\w]+)+)\s*$")
_METRIC = re.compile(r"(?:#011|\t)([\w@.-]+):([-+.\w]+)")


def read_training_curve(logs: "CloudWatchLogsClient", job_name: str) -> dict[str, tuple[float, ...]]:
    """Read each round's metrics from the log of a job's first instance.

    Returns:
        The values of each metric, such as `train-logloss`, in the order of the rounds; empty where the log
        has none, or has been deleted.
    """
    try:
        streams = logs.describe_log_streams(logGroupName=LOG_GROUP, logStreamNamePrefix=f"{job_name}/algo-1-")
    except logs.exceptions.ResourceNotFoundException:
        return {}
    return training_curve(
        line for stream in streams["logStreams"] for line in _lines(logs, stream["logStreamName"])
    )


def training_curve(lines: "Iterable[str]") -> dict[str, tuple[float, ...]]:
    """Find the metrics in lines such as `[0]#011train-logloss:0.48482`.

    A metric that is not a number in any round, such as the AUC of rows of one class, is left out.
    """
    curve = defaultdict(list)
    for line in lines:
        if found := _ROUND.search(line):
            for name, value in _METRIC.findall(found[1]):
                curve[name].append(float(value))
    return {name: tuple(values) for name, values in curve.items() if np.isfinite(values).all()}


def _lines(logs: "CloudWatchLogsClient", stream: str) -> "Iterable[str]":
    # boto3 has no paginator for this operation. The end is reached when the token stays the same.
    request: GetLogEventsRequestTypeDef = {
        "logGroupName": LOG_GROUP,
        "logStreamName": stream,
        "startFromHead": True,
    }
    while True:
        answer = logs.get_log_events(**request)
        yield from (event["message"] for event in answer["events"])
        if request.get("nextToken") == answer["nextForwardToken"]:
            break
        request["nextToken"] = answer["nextForwardToken"]
