"""The process: its command line, its log, the operations it does not have, and its end."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
import urllib3
from botocore.exceptions import ClientError

from tests.aws.clients import make_client
from tests.aws.endpoints import deploy
from tests.aws.sagemaker_requests import channel, training_request
from tests.aws.signed_requests import signed_headers
from tests.aws.training_data import BUCKET, as_csv
from tests.aws.training_jobs import ENDLESS, finished, in_training
from tests.project import PROJECT
from tests.services.local_aws_server import LocalAwsServer, local_aws_server


def test_an_operation_it_does_not_have_is_named(client: Any) -> None:
    with pytest.raises(ClientError) as caught:
        client("sagemaker").list_monitoring_alerts(MonitoringScheduleName="absent")
    assert caught.value.response["Error"] == {
        "Code": "UnknownOperationException",
        "Message": "Local AWS does not have SageMaker's ListMonitoringAlerts.",
    }
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert caught.value.response["ResponseMetadata"]["RetryAttempts"] == 0


@pytest.mark.parametrize("body", [b"{", b"null"])
def test_what_no_sdk_sends(server: LocalAwsServer, body: bytes) -> None:
    target = {"X-Amz-Target": "SageMaker.ListModels", "Content-Type": "application/x-amz-json-1.1"}
    headers = signed_headers("POST", f"{server.url}/", headers=target, body=body)
    with urllib3.PoolManager() as pool:
        answer = pool.request("POST", f"{server.url}/", headers=headers, body=body)
    assert answer.status == 400
    assert b"Serialization" in answer.data
    assert answer.headers["Content-Type"] == "application/x-amz-json-1.1"


def test_the_other_services_are_motos(client: Any) -> None:
    assert client("sts").get_caller_identity()["Account"] == "123456789012"
    role = client("iam").create_role(RoleName="Trainer", AssumeRolePolicyDocument="{}")["Role"]
    assert role["Arn"] == "arn:aws:iam::123456789012:role/Trainer"


def test_s3_keeps_keys_as_they_are(s3: Any) -> None:
    key = "odd/ä b+c%20d//e"
    s3.put_object(Bucket=BUCKET, Key=key, Body=b"x")
    assert s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() == b"x"
    assert s3.list_objects_v2(Bucket=BUCKET, Prefix="odd/")["Contents"][0]["Key"] == key


def test_s3_has_empty_objects(s3: Any) -> None:
    s3.put_object(Bucket=BUCKET, Key="odd/empty", Body=b"")
    assert s3.get_object(Bucket=BUCKET, Key="odd/empty")["Body"].read() == b""


def test_s3_keeps_the_names_of_metadata(s3: Any) -> None:
    metadata = {"with-dash": "1", "with_underscore": "2 ", "plain": "3"}
    s3.put_object(Bucket=BUCKET, Key="odd/metadata", Body=b"x", Metadata=metadata)
    found = s3.head_object(Bucket=BUCKET, Key="odd/metadata")["Metadata"]
    assert found == {**metadata, "with_underscore": "2"}


def test_an_underscore_does_not_stand_in_for_a_dash(server: LocalAwsServer, s3: Any) -> None:
    url = f"{server.url}/{BUCKET}/odd/clash"
    dash = signed_headers("PUT", url, headers={"x-amz-meta-a-b": "dash"}, body=b"x", service="s3")
    headers = {**dash, "x-amz-meta-a_b": "underscore"}
    with urllib3.PoolManager() as pool:
        assert pool.request("PUT", url, headers=headers, body=b"x").status == 200
    assert s3.head_object(Bucket=BUCKET, Key="odd/clash")["Metadata"] == {"a-b": "dash"}


def test_the_largest_control_plane_request(server: LocalAwsServer) -> None:
    limit = 4 * 1024**2
    with urllib3.PoolManager() as pool:

        def request(body: bytes) -> urllib3.BaseHTTPResponse:
            target = {"X-Amz-Target": "SageMaker.ListModels"}
            url = f"{server.url}/"
            return pool.request(
                "POST", url, headers=signed_headers("POST", url, headers=target, body=body), body=body
            )

        assert request(b"{" + b" " * (limit - 2) + b"}").status == 200
        larger = request(b"{" + b" " * (limit - 1) + b"}")
    assert larger.status == 413
    assert b"RequestEntityTooLargeException" in larger.data


def test_the_invocation_that_it_does_not_have_is_named(server: LocalAwsServer) -> None:
    url = f"{server.url}/endpoints/e/invocations-response-stream"
    with urllib3.PoolManager() as pool:
        answer = pool.request("POST", url, headers=signed_headers("POST", url), retries=False)
    assert answer.status == 400
    said = b"Local AWS does not have SageMaker's InvokeEndpointWithResponseStream."
    assert said in answer.data


def command(*options: str) -> subprocess.CompletedProcess[str]:
    root = PROJECT
    return subprocess.run(
        [sys.executable, "-m", "local_aws", *options],
        cwd=root,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def test_it_refuses_to_listen_where_others_reach_it() -> None:
    refused = command("--port", "0", "--host", "0.0.0.0")  # noqa: S104 - that is the point
    assert refused.returncode == 2
    assert "--host 0.0.0.0 is not a loopback address" in refused.stderr


def test_it_refuses_a_host_that_is_none() -> None:
    refused = command("--port", "0", "--host", "no host")
    assert refused.returncode == 2
    assert "--host no host" in refused.stderr


def test_a_port_that_is_taken_is_told(server: LocalAwsServer) -> None:
    port = server.url.rpartition(":")[2]
    refused = command("--port", port)
    assert refused.returncode == 1
    assert f"cannot listen on 127.0.0.1, port {port}" in refused.stderr


def test_ipv6_loopback_is_loopback() -> None:
    with local_aws_server("--host", "::1") as running, urllib3.PoolManager() as pool:
        assert running.url.startswith("http://[::1]:")
        url = f"{running.url}/"
        assert pool.request("GET", url, headers=signed_headers("GET", url, service="s3")).status == 200


@pytest.mark.slow
def test_sigterm_leaves_nothing(tmp_path: Path, rows: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> None:
    with busy_server(tmp_path, rows, monkeypatch) as (server, descendants, log):
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(timeout=10) == 0
        assert [process for process in descendants if process.is_running()] == []
    assert list(tmp_path.glob("local-aws-*")) == []
    lines = log.read_text().splitlines()
    assert any(" POST SageMaker.CreateTrainingJob 200 " in line and line.endswith(" ms") for line in lines)
    assert any(f" PUT /{BUCKET}/train.csv 200 " in line for line in lines)
    assert "AKIA" not in log.read_text()
    assert "Credential" not in log.read_text()
    assert "0.123456" not in log.read_text()


@pytest.mark.slow
def test_sigkill_leaves_no_process_and_no_file(
    tmp_path: Path, rows: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    with busy_server(tmp_path, rows, monkeypatch) as (server, descendants, _):
        server.process.kill()
        server.process.wait(timeout=10)
        gone, alive = psutil.wait_procs(descendants, timeout=5)
        assert alive == []
        assert len(gone) == len(descendants)
    assert list(tmp_path.glob("local-aws-*")) == []


@contextmanager
def busy_server(
    tmp_path: Path, rows: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[LocalAwsServer, list[psutil.Process], Path]]:
    """A server of our own with a training job and an endpoint, its processes, and its log."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    log = tmp_path / "server.log"
    inputs = [channel(uri=f"s3://{BUCKET}/train.csv")]
    with (
        log.open("w") as log_file,
        local_aws_server(stderr=log_file.fileno()) as server,
        ExitStack() as stack,
    ):
        s3, sagemaker = (
            stack.enter_context(closing(make_client(service, server.url))) for service in ("s3", "sagemaker")
        )
        s3.create_bucket(Bucket=BUCKET)
        body = as_csv(rows) + b"1,0.123456,0,0\n"
        s3.put_object(Bucket=BUCKET, Key="train.csv", Body=body)
        sagemaker.create_training_job(**training_request("first", InputDataConfig=inputs))
        deploy(sagemaker, "served", finished(sagemaker, "first")["ModelArtifacts"]["S3ModelArtifacts"])
        request = training_request("endless", InputDataConfig=inputs, HyperParameters=ENDLESS)
        sagemaker.create_training_job(**request)
        in_training(sagemaker, "endless")
        descendants = psutil.Process(server.process.pid).children(recursive=True)
        assert len(descendants) == 2
        yield server, descendants, log
