"""Which keys there are: the server's own, of users, and of sessions."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import boto3
import pytest
from moto import mock_aws

from local_aws.protocol.signatures.access_keys import AccessKeys
from tests.aws.clients import CREDENTIALS, STRANGER
from tests.local_aws.protocol.signatures.signed_environ import KEY

KEYS = AccessKeys(KEY)


@pytest.fixture
def aws() -> Iterator[None]:
    with mock_aws():
        yield


def client(service: str) -> Any:
    made: Any = boto3.client(service, **CREDENTIALS)  # type: ignore[call-overload]
    return closing(made)


def test_the_servers_own() -> None:
    assert KEYS.find(KEY.key_id) is KEY


@pytest.mark.usefixtures("aws")
# pragma: allowlist nextline secret - made up
@pytest.mark.parametrize("key_id", ["", "AKIAIOSFODNN7EXAMPLE", "AKIAEXAMPLE", "ASIAIOSFODNN7EXAMPLE"])
def test_those_that_moto_writes_in_examples_are_none(key_id: str) -> None:
    with client("sts") as sts:
        sts.get_session_token()
    assert KEYS.find(key_id) is None


@pytest.mark.usefixtures("aws")
def test_a_session_has_token_account_and_end() -> None:
    with client("sts") as sts:
        role = f"arn:aws:iam::{STRANGER}:role/stranger"
        made = sts.assume_role(RoleArn=role, RoleSessionName="session", DurationSeconds=900)["Credentials"]
    found = KEYS.find(made["AccessKeyId"])
    assert found is not None
    assert (found.secret, found.token, found.account) == (
        made["SecretAccessKey"],
        made["SessionToken"],
        STRANGER,
    )
    assert found.expires is not None
    assert abs((found.expires - made["Expiration"]).total_seconds()) < 1
    assert not found.has_expired


@pytest.mark.usefixtures("aws")
def test_a_users_key_counts_while_it_is_active() -> None:
    with client("iam") as iam:
        iam.create_user(UserName="user")
        made = iam.create_access_key(UserName="user")["AccessKey"]
        found = KEYS.find(made["AccessKeyId"])
        assert found is not None
        assert (found.secret, found.token) == (made["SecretAccessKey"], None)
        iam.update_access_key(UserName="user", AccessKeyId=made["AccessKeyId"], Status="Inactive")
        assert KEYS.find(made["AccessKeyId"]) is None
