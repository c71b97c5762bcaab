"""Requests of test suites that sign with made-up keys, where the server is told to take them."""

import pytest

from local_aws.errors import AwsError
from local_aws.protocol.signatures.authentication import AnySignature
from tests.local_aws.protocol.signatures.signed_environ import Wire, signed

UNSIGNED = Wire("POST", "/", {"X-Amz-Target": "SageMaker.ListModels"})


def test_any_key_is_the_own_account() -> None:
    wire = signed(Wire("POST", "/", {"X-Amz-Target": "SageMaker.ListModels"}), "sagemaker")
    wire.headers["Authorization"] = wire.headers["Authorization"].replace("us-east-1", "eu-west-1")
    caller = AnySignature().identify(wire.environ())
    assert (caller.account, caller.region, caller.service) == ("123456789012", "eu-west-1", "sagemaker")


def test_s3_takes_what_is_not_signed() -> None:
    assert AnySignature().identify(Wire("GET", "/bucket/key").environ()).service == "s3"


@pytest.mark.parametrize("header", [None, "", "Bearer token", "AWS AKIA:signature"])
def test_sagemaker_does_not(header: str | None) -> None:
    wire = Wire(
        "POST", "/", {**UNSIGNED.headers, **({"Authorization": header} if header is not None else {})}
    )
    with pytest.raises(AwsError) as caught:
        AnySignature().identify(wire.environ())
    assert (caught.value.code, caught.value.status) == ("MissingAuthenticationTokenException", 403)
