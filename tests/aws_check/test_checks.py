"""What `make aws-check` says where all is right, and of each thing that is wrong. It makes nothing."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.config import Config

from include.aws_check.finding import Finding
from tests.aws.clients import CREDENTIALS, Aws, strangers_s3
from tests.aws_check.asked import (
    ACCOUNT,
    BUCKET,
    ENDPOINT,
    ROLE,
    TRAINING,
    TRUST,
    account_with_role,
    check,
    quotas,
    refusing,
)
from tests.pipeline.planned import CONFIG, allowing

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def aws() -> Iterator[Aws]:
    with account_with_role() as aws:
        yield aws


def wrong(findings: dict[str, Finding]) -> dict[str, str]:
    return {what: finding.told for what, finding in findings.items() if finding.verdict == "wrong"}


def test_all_is_right_and_nothing_is_made(aws: Aws) -> None:
    found = check(aws)
    assert {what: finding.verdict for what, finding in found.items()} == dict.fromkeys(
        ("connection", "clock", "plan", "role", "bucket", "SageMaker", "quotas"), "right"
    )
    assert ACCOUNT in found["connection"].told
    assert "sagemaker-xgboost:3.2-0" in found["plan"].told
    assert found["bucket"].told == f"{BUCKET} is not there yet: the first run makes it"
    assert found["quotas"].told == f"{TRAINING}: 2, {ENDPOINT}: 1"
    assert aws.client("s3").list_buckets()["Buckets"] == []
    assert aws.client("sagemaker").list_training_jobs()["TrainingJobSummaries"] == []


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("InvalidClientTokenId", "AWS does not know the access key"),
        ("ExpiredToken", "the session token of the Airflow connection has expired"),
        (
            "SignatureDoesNotMatch",
            "the secret key of the Airflow connection does not belong to its access key",
        ),
        ("AccessDenied", "access is denied"),
        ("NeverHeardOf", "no such answer is known here"),
    ],
)
def test_a_connection_that_aws_refuses_ends_it(aws: Aws, code: str, says: str) -> None:
    found = check(aws, {"sts": refusing("sts", "get_caller_identity", code)})
    assert list(found) == ["connection"]
    assert says in wrong(found)["connection"]
    assert "this task" not in found["connection"].told
    assert found["connection"].told.count("\n") == 2


def test_a_connection_without_credentials_or_network_ends_it(
    aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = boto3.client(
        "sts",
        endpoint_url="http://127.0.0.1:1",
        config=Config(retries={"total_max_attempts": 1}),
        **CREDENTIALS,
    )
    assert "AWS's endpoint cannot be reached" in wrong(check(aws, {"sts": nowhere}))["connection"]
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    nobody = boto3.session.Session().client("sts", region_name="us-east-1", endpoint_url=aws.url)
    assert "has no credentials" in wrong(check(aws, {"sts": nobody}))["connection"]


@pytest.mark.parametrize("minutes", [-6, 6])
def test_a_clock_that_is_wrong(aws: Aws, minutes: int) -> None:
    found = check(aws, now=datetime.now(UTC) + timedelta(minutes=minutes))
    assert set(wrong(found)) == {"clock"}
    assert "NTP" in wrong(found)["clock"]


@pytest.mark.parametrize(
    ("region", "role", "params", "says"),
    [
        (None, ROLE, {}, "Set region_name in the extra of the Airflow connection"),
        ("eu-isoe-west-9", ROLE, {}, "a region that has this image"),
        ("us-east-1", None, {}, "airflow variables set sagemaker_role"),
        ("us-east-1", "not a name", {}, "Correct the name, or give the role's ARN"),
        ("us-east-1", "absent", {}, "IAM answers NoSuchEntity"),
        ("us-east-1", ROLE, {"training_instance_count": 9}, "within the limits of its pipeline"),
    ],
)
def test_a_run_that_cannot_be_planned(
    aws: Aws, region: str | None, role: str | None, params: dict[str, Any], says: str
) -> None:
    config = CONFIG.model_copy(update={"params": CONFIG.params.model_copy(update=params)})
    found = check(aws, region=region, role=role, config=config)
    assert list(found) == ["connection", "clock", "plan"]
    assert says in wrong(found)["plan"]


@pytest.mark.parametrize(
    ("trust", "is_right"),
    [
        ({"Service": ["ec2.amazonaws.com", "sagemaker.amazonaws.com"]}, True),
        ({"Service": "ec2.amazonaws.com"}, False),
        ({"AWS": "*"}, False),
        ("*", False),
    ],
)
def test_the_role_has_to_trust_sagemaker(aws: Aws, trust: Any, *, is_right: bool) -> None:
    iam = aws.client("iam")
    statement = TRUST["Statement"][0] | {"Principal": trust}
    document = json.dumps(TRUST | {"Statement": statement})
    iam.create_role(RoleName="another", AssumeRolePolicyDocument=document)
    found = check(aws, role=ROLE.replace("role/sagemaker", "role/another"))
    iam.delete_role(RoleName="another")
    assert ("role" not in wrong(found)) is is_right
    assert is_right or "sagemaker-role-trust.json" in found["role"].told


@pytest.mark.parametrize(
    ("role", "says"),
    [
        ("arn:aws:iam::123456789012:role/absent", "which is not there"),
        ("arn:aws:iam::123456789012:role/path/sagemaker", f"the role of that name is {ROLE}"),
        ("arn:aws:iam::999999999999:role/sagemaker", "a role of the run's own account"),
    ],
)
def test_a_role_that_is_not_the_accounts(aws: Aws, role: str, says: str) -> None:
    found = check(aws, role=role)
    assert set(wrong(found)) == {"role"}
    assert says in found["role"].told


def test_a_bucket_that_is_there_has_to_be_the_accounts_own_and_in_its_region(aws: Aws) -> None:
    s3 = aws.client("s3")
    s3.create_bucket(Bucket=BUCKET)
    assert check(aws)["bucket"].told == f"{BUCKET} of account {ACCOUNT}, in us-east-1"
    s3.delete_bucket(Bucket=BUCKET)
    stranger = strangers_s3(aws.client("sts"))
    stranger.create_bucket(Bucket=BUCKET)
    found = check(aws)
    assert set(wrong(found)) == {"bucket"}
    assert "is denied (403)" in found["bucket"].told
    stranger.delete_bucket(Bucket=BUCKET)
    ireland = {"LocationConstraint": "eu-west-1"}
    s3.create_bucket(Bucket="in-ireland", CreateBucketConfiguration=ireland)
    there = allowing(CONFIG, {"bucket": "in-ireland"})
    there = there.model_copy(update={"params": there.params.model_copy(update={"bucket": "in-ireland"})})
    found = check(aws, config=there)
    s3.delete_bucket(Bucket="in-ireland")
    assert set(wrong(found)) == {"bucket"}
    assert "in-ireland is in eu-west-1" in found["bucket"].told


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({TRAINING: 0.0, ENDPOINT: 1.0}, f"{TRAINING}: 0\n"),
        ({TRAINING: 1.0, ENDPOINT: 0.0}, f"{ENDPOINT}: 0\n"),
        ({TRAINING: 1.0}, f"no quota {ENDPOINT!r} in us-east-1"),
    ],
)
def test_a_quota_that_is_too_small(aws: Aws, values: dict[str, float], says: str) -> None:
    found = check(aws, {"service-quotas": quotas(values)})
    assert set(wrong(found)) == {"quotas"}
    assert says in found["quotas"].told


@pytest.mark.parametrize(
    ("service", "operation", "what", "permission"),
    [
        ("iam", "get_role", "role", "iam:GetRole"),
        ("service-quotas", "list_service_quotas", "quotas", "servicequotas:ListServiceQuotas"),
    ],
)
def test_what_may_not_be_asked_is_not_told(
    aws: Aws, service: str, operation: str, what: str, permission: str
) -> None:
    text = f"is not authorized because no identity-based policy allows the {permission} action"
    found = check(aws, {service: refusing(service, operation, "AccessDenied", text)})
    assert wrong(found) == {}
    assert found[what].verdict == "not told"
    assert permission in found[what].told


def test_sagemaker_has_to_answer(aws: Aws) -> None:
    text = "is not authorized because no identity-based policy allows the sagemaker:ListEndpoints action"
    found = check(aws, {"sagemaker": refusing("sagemaker", "list_endpoints", "AccessDeniedException", text)})
    assert set(wrong(found)) == {"SageMaker"}
    assert "Allow sagemaker:ListEndpoints in the identity-based policy" in found["SageMaker"].told
