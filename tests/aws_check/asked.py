"""What is asked of AWS for a run, where local AWS or a stub answers."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import boto3
from botocore.stub import Stubber

from include.aws_check.checks import check_aws
from include.aws_check.finding import Finding
from include.pipeline.documents.config import PipelineConfig
from include.pipeline.iam.policy import write_policy
from include.pipeline.iam.sagemaker_role import sagemaker_trust
from include.pipeline.iam.scope import Scope
from include.pipeline.planning.names import default_bucket
from tests.aws.clients import CREDENTIALS, Aws
from tests.pipeline.planned import CONFIG
from tests.services.local_aws_server import local_aws_server

ACCOUNT = "123456789012"
BUCKET = default_bucket(ACCOUNT, "us-east-1")
ROLE = f"arn:aws:iam::{ACCOUNT}:role/sagemaker"
SCOPE = Scope(
    "prod",
    "bank_marketing",
    CONFIG,
    account=ACCOUNT,
    region="us-east-1",
    partition="aws",
    buckets=(BUCKET,),
    roles=(ROLE,),
)
TRUST: dict[str, Any] = json.loads(write_policy([sagemaker_trust(SCOPE)]))
"""As docs/aws.md has users give it to the role."""
TRAINING, ENDPOINT = (f"ml.m4.xlarge for {use} usage" for use in ("training job", "endpoint"))


@contextmanager
def account_with_role() -> Iterator[Aws]:
    """A local AWS that has the role, until the block is left."""
    with local_aws_server() as server:
        aws = Aws(server.url)
        aws.client("iam").create_role(RoleName="sagemaker", AssumeRolePolicyDocument=json.dumps(TRUST))
        yield aws


def quotas(values: dict[str, float]) -> Any:
    """A client for Service Quotas, which local AWS has not, that answers by AWS's model of it."""
    client = boto3.client("service-quotas", **CREDENTIALS)
    answer = {"Quotas": [{"QuotaName": name, "Value": value} for name, value in values.items()]}
    stub = Stubber(client)
    stub.add_response("list_service_quotas", answer, {"ServiceCode": "sagemaker"})
    stub.activate()
    return client


def refusing(service: str, operation: str, code: str, text: str = "no") -> Any:
    """A client whose one operation AWS refuses."""
    client = boto3.client(service, **CREDENTIALS)  # type: ignore[call-overload]
    stub = Stubber(client)
    stub.add_client_error(operation, code, text)
    stub.activate()
    return client


def check(
    aws: Aws,
    clients: dict[str, Any] | None = None,
    *,
    region: str | None = "us-east-1",
    role: str | None = ROLE,
    config: PipelineConfig = CONFIG,
    now: datetime | None = None,
) -> dict[str, Finding]:
    instead = {"service-quotas": quotas({TRAINING: 2, ENDPOINT: 1.0})} | (clients or {})
    findings = check_aws(
        config,
        pipeline="bank_marketing",
        region=region,
        default_role=role,
        client=lambda service: instead.get(service) or aws.client(service),
        now=lambda: now or datetime.now(UTC),
    )
    return {finding.what: finding for finding in findings}
