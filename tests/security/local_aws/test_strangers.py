"""Another user of the machine, who has no key, runs code in local AWS, or reads and changes what is in it."""

import json
import stat
import time
from pathlib import Path
from typing import Any

import pytest
import urllib3
from botocore.exceptions import ClientError

from tests.aws.clients import Aws, make_client
from tests.services.local_aws_server import local_aws_server

# What a stranger may know of: AWS's own form, any key id.
MADE_UP = (
    "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20261126/us-east-1/{service}/aws4_request, "
    "SignedHeaders=host;x-amz-date, Signature=" + "0" * 64
)
IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-base-python-310:1.0"


@pytest.mark.parametrize(
    "authorization", [None, MADE_UP, "Credential=A/20261126/us-east-1/{service}/aws4_request"]
)
def test_they_run_no_code(
    owner: Aws, http: urllib3.PoolManager, tmp_path: Path, authorization: str | None
) -> None:
    proof = tmp_path / "proof"
    body = json.dumps(
        {
            "ProcessingJobName": f"of-a-stranger-{time.time_ns()}",
            "RoleArn": "arn:aws:iam::123456789012:role/any-role-will-do",
            "ProcessingResources": {
                "ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 1}
            },
            "AppSpecification": {"ImageUri": IMAGE, "ContainerEntrypoint": ["touch", str(proof)]},
        }
    )
    headers = {"X-Amz-Target": "SageMaker.CreateProcessingJob", "Content-Type": "application/x-amz-json-1.1"}
    if authorization is not None:
        headers["Authorization"] = authorization.format(service="sagemaker")
    answer = http.request("POST", f"{owner.url}/", headers=headers, body=body)
    assert answer.status in {400, 403}, answer.data
    time.sleep(3)
    assert not proof.exists()


@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_they_reach_no_object(owner: Aws, http: urllib3.PoolManager, method: str, signed: bool) -> None:
    s3 = owner.client("s3")
    s3.create_bucket(Bucket="of-the-owner")
    s3.put_object(Bucket="of-the-owner", Key="figures", Body=b"the owner's")
    headers = {"Authorization": MADE_UP.format(service="s3")} if signed else {}
    answer = http.request(method, f"{owner.url}/of-the-owner/figures", headers=headers, body=b"theirs")
    assert answer.status in {400, 403}
    assert b"the owner's" not in answer.data
    assert s3.get_object(Bucket="of-the-owner", Key="figures")["Body"].read() == b"the owner's"


@pytest.mark.parametrize("path", ["/moto-api/reset", "/moto-api/data.json", "/latest/meta-data/iam/"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_they_reach_nothing_beside_the_services(
    owner: Aws, http: urllib3.PoolManager, path: str, method: str
) -> None:
    s3 = owner.client("s3")
    s3.create_bucket(Bucket="still-here")
    assert http.request(method, f"{owner.url}{path}").status == 403
    s3.head_bucket(Bucket="still-here")


@pytest.mark.parametrize("action", ["AssumeRoleWithWebIdentity", "AssumeRole", "GetSessionToken"])
def test_they_get_no_credentials(owner: Aws, http: urllib3.PoolManager, action: str) -> None:
    fields = {
        "Action": action,
        "Version": "2011-06-15",
        "RoleArn": "arn:aws:iam::123456789012:role/administrator",
        "RoleSessionName": "stranger",
        "WebIdentityToken": "any-token-will-do",
    }
    answer = http.request("POST", f"{owner.url}/", fields=fields, encode_multipart=False)
    assert answer.status == 403
    assert b"SecretAccessKey" not in answer.data


def test_they_get_to_know_no_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    file = tmp_path / "made" / "credentials"
    seen = set()
    for _ in range(2):
        file.unlink(missing_ok=True)
        with local_aws_server("--credentials-file", str(file)) as server:
            assert stat.S_IMODE(file.stat().st_mode) == 0o600
            assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
            seen.add(file.read_text())
            command_line = Path(f"/proc/{server.process.pid}/cmdline").read_text()
            assert not any(
                line.split(" = ")[-1] in command_line for line in file.read_text().split("\n")[1:3]
            )
    assert len(seen) == 2


def test_a_key_file_that_they_can_read_is_not_used(tmp_path: Path) -> None:
    file = tmp_path / "credentials"
    file.write_text(
        # pragma: allowlist nextline secret - made up
        "[local-aws]\naws_access_key_id = AKIAAAAAAAAAAAAAAAAA\naws_secret_access_key = made-up\n"
    )
    file.chmod(0o640)
    with (
        pytest.raises(RuntimeError, match="did not start"),
        local_aws_server("--credentials-file", str(file)),
    ):
        pass


def test_an_account_is_not_chosen_by_a_header(owner: Aws) -> None:
    """Who may assume a role in one account reads another account's jobs."""
    owner.client("s3").create_bucket(Bucket="of-the-owner-alone")
    stranger = owner.strangers_s3()

    def claim_the_owners_account(request: Any, **_: Any) -> None:
        request.headers["x-moto-account-id"] = "123456789012"

    stranger.meta.events.register("before-sign.s3", claim_the_owners_account)
    assert "of-the-owner-alone" not in [one["Name"] for one in stranger.list_buckets()["Buckets"]]


def test_a_token_of_another_session_is_none(owner: Aws) -> None:
    first, second = (
        owner.client("sts").assume_role(
            RoleArn="arn:aws:iam::123456789012:role/any", RoleSessionName="session"
        )["Credentials"]
        for _ in range(2)
    )
    s3 = make_client(
        "s3",
        owner.url,
        aws_access_key_id=first["AccessKeyId"],
        aws_secret_access_key=first["SecretAccessKey"],
        aws_session_token=second["SessionToken"],
    )
    with pytest.raises(ClientError, match="InvalidToken"):
        s3.list_buckets()
