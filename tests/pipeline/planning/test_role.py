import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

import boto3
import pytest
from moto import mock_aws

from include.pipeline.errors import ParamError
from include.pipeline.planning.role import resolve_role

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient

ARN = "arn:aws:iam::123456789012:role/service-role/AmazonSageMaker-ExecutionRole-20261123"


@pytest.fixture
def iam() -> Iterator["IAMClient"]:
    with mock_aws():
        client = boto3.client("iam", region_name="us-east-1")
        client.create_role(
            RoleName="sagemaker", Path="/service-role/", AssumeRolePolicyDocument=json.dumps({})
        )
        yield client


def test_an_arn_is_taken_as_it_is_and_costs_no_client() -> None:
    assert resolve_role(ARN, None, lambda: pytest.fail("a client was made")) == ARN


def test_a_name_is_looked_up_with_its_path(iam: "IAMClient") -> None:
    assert (
        resolve_role("sagemaker", None, lambda: iam)
        == "arn:aws:iam::123456789012:role/service-role/sagemaker"
    )


def test_the_variable_counts_where_the_param_is_empty(iam: "IAMClient") -> None:
    assert resolve_role(None, ARN, lambda: iam) == ARN
    assert resolve_role("", ARN, lambda: iam) == ARN
    assert resolve_role("sagemaker", ARN, lambda: iam) != ARN


def test_no_role_at_all_is_told_with_the_command_that_sets_one(iam: "IAMClient") -> None:
    with pytest.raises(ParamError, match="airflow variables set sagemaker_role"):
        resolve_role(None, None, lambda: iam)


def test_an_unknown_name_is_refused(iam: "IAMClient") -> None:
    with pytest.raises(ParamError, match=r"role = 'nobody'.*NoSuchEntity(?s:.*)Correct the name"):
        resolve_role("nobody", None, lambda: iam)


@pytest.mark.parametrize(
    "arn", ["arn:aws:iam::123:role/x", "arn:aws:iam::123456789012:user/x", "arn:aws:s3:::bucket", "arn:"]
)
def test_an_arn_of_something_else_is_refused(iam: "IAMClient", arn: str) -> None:
    with pytest.raises(ParamError, match="an ARN of a role reads"):
        resolve_role(arn, None, lambda: iam)
