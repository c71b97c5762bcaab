"""Log streams in files: what SageMaker logged comes back as it was."""

from typing import Any

import boto3
import pytest
from moto import mock_aws

from local_aws.errors import DataDirError
from local_aws.storage.data_dir import DataDir
from local_aws.storage.log_files import LogFiles
from local_aws.storage.log_streams import LogStream
from tests.aws.clients import CREDENTIALS

GROUP, STREAM = "/aws/sagemaker/TrainingJobs", "job/algo-1-0"
# Longer ago than CloudWatch takes events in.
LONG_AGO = 1_500_000_000_000


@pytest.fixture
def files(data_dir: DataDir) -> LogFiles:
    return LogFiles(data_dir)


def messages(group: str = GROUP, stream: str = STREAM) -> list[tuple[int, str]]:
    logs = boto3.client("logs", **CREDENTIALS)
    events = logs.get_log_events(logGroupName=group, logStreamName=stream, startFromHead=True)["events"]
    return [(event["timestamp"], event["message"]) for event in events]


def append(files: LogFiles, message: str, **at: str) -> None:
    place: Any = {"account": "123456789012", "region": "us-east-1", "group": GROUP, "stream": STREAM, **at}
    files.append(**place, event={"timestamp": LONG_AGO, "message": message})


@mock_aws
def test_events_come_back_in_order_however_old(files: LogFiles) -> None:
    lines = ["first", "", "two  spaces", "äöü \u2028 \x85 here", "last"]
    for line in lines:
        append(files, line)
    append(files, "another", stream="job/algo-2-0")
    files.load()
    assert messages() == [(LONG_AGO, line) for line in lines]
    assert messages(stream="job/algo-2-0") == [(LONG_AGO, "another")]


def test_a_stream_keeps_what_it_is_told(files: LogFiles) -> None:
    with mock_aws():
        stream = LogStream("123456789012", "us-east-1", GROUP, STREAM, files)
        stream.append("[0]\ttrain-logloss:0.5")
        stream.append("a\rb\nc")
        told = messages()
    with mock_aws():
        files.load()
        assert messages() == told
        assert [message for _, message in told] == ["[0]#011train-logloss:0.5", "a#015b#012c"]


@mock_aws
def test_what_moto_has_no_longer_goes(files: LogFiles) -> None:
    for stream in ("gone", "stays"):
        append(files, "line", stream=stream)
    files.load()
    boto3.client("logs", **CREDENTIALS).delete_log_stream(logGroupName=GROUP, logStreamName="gone")
    files.sync()
    assert [stream for _, _, _, stream in files._files()] == ["stays"]


@pytest.mark.long
@mock_aws
def test_a_stream_goes_on_when_the_directory_is_closed(data_dir: DataDir, files: LogFiles) -> None:
    data_dir.close()
    LogStream("123456789012", "us-east-1", GROUP, STREAM, files).append("said while closing")
    assert [message for _, message in messages()] == ["said while closing"]


@mock_aws
def test_a_file_that_is_none_of_ours_is_named(data_dir: DataDir, files: LogFiles) -> None:
    path = data_dir.path / "logs" / "123456789012" / "us-east-1" / "group" / "stream"
    data_dir.write(path, b"no time\n")
    with pytest.raises(DataDirError, match=f"cannot read {path}"):
        files.load()
