"""boto3's clients of a local AWS, as tests make them."""

from dataclasses import dataclass
from typing import Any

import boto3

from tests.aws.answers import check_answer
from tests.services.local_aws_server import ACCESS_KEY

CREDENTIALS: dict[str, Any] = {
    "region_name": "us-east-1",
    "aws_access_key_id": ACCESS_KEY.key_id,
    "aws_secret_access_key": ACCESS_KEY.secret,
}

STRANGER = "999999999999"
"""An account that is not the tests' own."""


def make_client(service: str, url: str, **changes: str) -> Any:
    """Make a client; every SageMaker answer that it gets is checked against the API's own model."""
    client: Any = boto3.client(service, endpoint_url=url, **{**CREDENTIALS, **changes})  # type: ignore[call-overload]
    if service == "sagemaker":
        client.meta.events.register("before-parse.sagemaker.*", check_answer)
    return client


@dataclass(frozen=True)
class Aws:
    """A local AWS that runs."""

    url: str

    def client(self, service: str, region: str = CREDENTIALS["region_name"]) -> Any:
        return make_client(service, self.url, region_name=region)

    def strangers_s3(self, account: str = STRANGER) -> Any:
        """Make a client for S3 with credentials of another account."""
        return strangers_s3(self.client("sts"), account)


def strangers_s3(sts: Any, account: str = STRANGER) -> Any:
    """Make a client for S3 with credentials of another account, which local AWS gives to whoever has a key.

    Args:
        sts: Tells local AWS's address.
        account: Twelve digits.
    """
    role = f"arn:aws:iam::{account}:role/stranger"
    credentials = sts.assume_role(RoleArn=role, RoleSessionName="stranger")["Credentials"]
    return make_client(
        "s3",
        sts.meta.endpoint_url,
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
    )
