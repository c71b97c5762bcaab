"""What a job wrote to CloudWatch Logs."""

from collections.abc import Callable
from typing import Any


def job_log(client: Callable[..., Any], kind: str, job: str, *, data_log: bool = False) -> list[str]:
    """Read the lines of a job's one container.

    Args:
        client: Makes clients of local AWS.
        kind: As the log group names it, such as `TrainingJobs`.
        job: Its name.
        data_log: Read the data log of a transform job in place of its container's.
    """
    logs, group = client("logs"), f"/aws/sagemaker/{kind}"
    streams = logs.describe_log_streams(logGroupName=group, logStreamNamePrefix=f"{job}/")["logStreams"]
    (name,) = (
        stream["logStreamName"]
        for stream in streams
        if stream["logStreamName"].endswith("/data-log") is data_log
    )
    events = logs.get_log_events(logGroupName=group, logStreamName=name, startFromHead=True)
    return [event["message"] for event in events["events"]]
