"""Who calls, from the Authorization header."""

import pytest

from local_aws.errors import AwsError
from local_aws.protocol.caller import Caller

SIGNED = (
    "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20261123/eu-west-1/sagemaker/aws4_request, "
    "SignedHeaders=host, Signature=abc"
)


def test_a_signed_request() -> None:
    assert Caller.of(SIGNED) == Caller("123456789012", "eu-west-1", "sagemaker")


@pytest.mark.parametrize("header", [None, "", "Bearer token", "AWS AKIA:signature"])
def test_an_unsigned_request_is_refused(header: str | None) -> None:
    with pytest.raises(AwsError) as caught:
        Caller.of(header)
    assert (caught.value.code, caught.value.status) == ("MissingAuthenticationTokenException", 403)
