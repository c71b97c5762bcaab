"""Log lines end up in the CloudWatch Logs that clients see: this fails when moto's internals move."""

import boto3
from moto import mock_aws

from local_aws.storage.log_streams import LogStream
from tests.aws.clients import CREDENTIALS


@mock_aws
def test_clients_see_lines_in_order_with_control_characters_as_sagemaker_shows_them() -> None:
    stream = LogStream("123456789012", "us-east-1", "/aws/sagemaker/TrainingJobs", "job/algo-1-0")
    for line in ("first", "[0]\ttrain-logloss:0.5", "last"):
        stream.append(line)
    logs = boto3.client("logs", **CREDENTIALS)
    events = logs.get_log_events(logGroupName=stream.group, logStreamName=stream.name, startFromHead=True)
    assert [event["message"] for event in events["events"]] == [
        "first",
        "[0]#011train-logloss:0.5",
        "last",
    ]
