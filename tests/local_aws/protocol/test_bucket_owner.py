"""The bucket owner condition, as AWS documents it.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html
"""

import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.aws.clients import STRANGER, strangers_s3

OWN = "123456789012"
OWN_BUCKET, STRANGERS_BUCKET = "owner-condition", "owner-condition-of-a-stranger"

# Of each kind of call one or more: on objects, on buckets, on parts, on configurations.
CALLS: dict[str, dict[str, Any]] = {
    "head_bucket": {},
    "get_bucket_versioning": {},
    "get_bucket_location": {},
    "list_objects_v2": {},
    "list_object_versions": {},
    "list_multipart_uploads": {},
    "put_bucket_versioning": {"VersioningConfiguration": {"Status": "Suspended"}},
    "get_object": {"Key": "key"},
    "head_object": {"Key": "key"},
    "put_object": {"Key": "new", "Body": b"x"},
    "put_object_tagging": {"Key": "key", "Tagging": {"TagSet": [{"Key": "a", "Value": "b"}]}},
    "create_multipart_upload": {"Key": "parts"},
    "delete_object": {"Key": "gone"},
    "delete_objects": {"Delete": {"Objects": [{"Key": "gone"}]}},
}


@pytest.fixture(scope="module")
def s3(client: Callable[..., Any]) -> Iterator[Any]:
    """The own account's S3. The stranger has a bucket that is open to all, as in moto every one is."""
    own, stranger = client("s3"), strangers_s3(client("sts"))
    own.create_bucket(Bucket=OWN_BUCKET)
    stranger.create_bucket(Bucket=STRANGERS_BUCKET)
    for bucket in (OWN_BUCKET, STRANGERS_BUCKET):
        own.put_object(Bucket=bucket, Key="key", Body=b"x")
    yield own
    stranger.close()


@pytest.mark.parametrize(("operation", "members"), CALLS.items(), ids=CALLS)
def test_an_expected_owner_that_is_not_the_buckets_is_access_denied(
    s3: Any, operation: str, members: dict[str, Any]
) -> None:
    call = getattr(s3, operation)
    for bucket, owner in ((STRANGERS_BUCKET, OWN), (OWN_BUCKET, STRANGER)):
        with pytest.raises(ClientError) as refused:
            call(Bucket=bucket, ExpectedBucketOwner=owner, **members)
        assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
        # The answer to HEAD has no body that could tell a code.
        is_head = operation.startswith("head")
        assert refused.value.response["Error"]["Code"] == ("403" if is_head else "AccessDenied")
    for bucket, owner in ((OWN_BUCKET, OWN), (STRANGERS_BUCKET, STRANGER)):
        call(Bucket=bucket, ExpectedBucketOwner=owner, **members)


def test_nothing_is_written_where_the_owner_is_another(s3: Any) -> None:
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.put_object(Bucket=STRANGERS_BUCKET, Key="secret", Body=b"x", ExpectedBucketOwner=OWN)
    assert "secret" not in [item["Key"] for item in s3.list_objects_v2(Bucket=STRANGERS_BUCKET)["Contents"]]


@pytest.mark.parametrize(
    ("source", "source_owner", "owner", "is_refused"),
    [
        (OWN_BUCKET, OWN, OWN, False),
        (STRANGERS_BUCKET, STRANGER, OWN, False),
        (STRANGERS_BUCKET, None, OWN, False),
        (STRANGERS_BUCKET, OWN, OWN, True),
        (OWN_BUCKET, STRANGER, OWN, True),
        (OWN_BUCKET, OWN, STRANGER, True),
        (OWN_BUCKET, OWN, None, False),
    ],
)
@pytest.mark.parametrize("form", ["dictionary", "text", "text with a slash"])
def test_a_copy_may_say_whose_its_source_is(
    s3: Any, form: str, *, source: str, source_owner: str | None, owner: str | None, is_refused: bool
) -> None:
    forms = {
        "dictionary": {"Bucket": source, "Key": "key"},
        "text": f"{source}/key",
        "text with a slash": f"/{source}/key",
    }
    expected = {"ExpectedBucketOwner": owner, "ExpectedSourceBucketOwner": source_owner}
    request = {
        "Bucket": OWN_BUCKET,
        "Key": "copy",
        "CopySource": forms[form],
        **{name: account for name, account in expected.items() if account},
    }
    if is_refused:
        with pytest.raises(ClientError, match="AccessDenied"):
            s3.copy_object(**request)
    else:
        s3.copy_object(**request)


@pytest.mark.parametrize("owner", ["12345678901", "1234567890123", "somebody", "12345678901x"])
def test_what_is_no_account_is_a_bad_request(s3: Any, owner: str) -> None:
    with pytest.raises(ClientError, match="InvalidBucketOwnerAWSAccountID"):
        s3.list_objects_v2(Bucket=OWN_BUCKET, ExpectedBucketOwner=owner)


def test_a_bucket_that_is_not_there_is_nobodys(s3: Any) -> None:
    with pytest.raises(ClientError, match="NoSuchBucket"):
        s3.list_objects_v2(Bucket="not-there-at-all", ExpectedBucketOwner=STRANGER)


def test_transfers_hand_the_condition_on(s3: Any) -> None:
    with pytest.raises(ClientError, match="403"):
        s3.download_fileobj(STRANGERS_BUCKET, "key", io.BytesIO(), ExtraArgs={"ExpectedBucketOwner": OWN})
    s3.download_fileobj(STRANGERS_BUCKET, "key", io.BytesIO(), ExtraArgs={"ExpectedBucketOwner": STRANGER})


def test_a_name_that_another_account_has_is_taken(s3: Any) -> None:
    with pytest.raises(ClientError, match="BucketAlreadyExists"):
        s3.create_bucket(Bucket=STRANGERS_BUCKET)
