"""The bucket that a run takes for its own, on local AWS, where a stranger has buckets too."""

import io
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, WaiterError

from include.pipeline.aws import object_store
from include.pipeline.aws.object_versions import list_stored
from include.pipeline.aws.own_bucket import OwnBucket
from include.pipeline.errors import BucketError, ObjectError, OwnerError
from tests.aws.clients import STRANGER, Aws
from tests.services.local_aws_server import local_aws_server
from tests.services.misbehaving_web import Answer, MisbehavingWeb

if TYPE_CHECKING:
    from botocore.model import ServiceModel
    from mypy_boto3_s3 import S3Client

ACCOUNT = "123456789012"
TAKEN, OPEN_SOURCE = "taken-by-a-stranger", "source-of-a-stranger"


def bucket(name: str, owner: str = ACCOUNT, region: str = "us-east-1") -> OwnBucket:
    return OwnBucket(name, owner=owner, account=ACCOUNT, region=region)


@pytest.fixture(scope="module")
def aws() -> Iterator[Aws]:
    with local_aws_server() as server:
        aws = Aws(server.url)
        stranger = aws.strangers_s3()
        for name in (TAKEN, OPEN_SOURCE):
            stranger.create_bucket(Bucket=name)
            stranger.put_object(Bucket=name, Key="bank.csv", Body=b"age,y\n31,1\n")
        yield aws


@pytest.fixture
def s3(aws: Aws) -> "S3Client":
    client: S3Client = aws.client("s3")
    return client


def expected_owners(s3: "S3Client", **changes: str) -> dict[str, dict[str, Any]]:
    """What a guarded client adds to a call of each operation that takes a bucket."""
    model: ServiceModel = s3.meta.service_model
    found = {}
    for name in model.operation_names:
        operation = model.operation_model(name)
        if operation.input_shape and "Bucket" in operation.input_shape.members:
            params: dict[str, Any] = {"Bucket": "own", **changes}
            s3.meta.events.emit(
                f"provide-client-params.s3.{name}", params=params, model=operation, context={}
            )
            found[name] = {key: value for key, value in params.items() if key.startswith("Expected")}
    return found


def test_every_operation_that_can_say_whose_the_bucket_is_says_it(s3: "S3Client") -> None:
    bucket("own").guard(s3)
    silent = {
        name for name, added in expected_owners(s3).items() if added != {"ExpectedBucketOwner": ACCOUNT}
    }
    # S3 has no such condition where a bucket is made, and for directory buckets.
    assert silent == {"CreateBucket", "CreateSession", "RenameObject"}


@pytest.mark.parametrize(
    ("source", "is_own"),
    [
        ({"Bucket": "own", "Key": "a"}, True),
        ("own/a", True),
        ("/own/a", True),
        ({"Bucket": "other", "Key": "own/a"}, False),
        ("other/own/a", False),
    ],
)
def test_a_copy_says_whose_its_source_is_where_that_is_the_own_bucket(
    s3: "S3Client", source: Any, is_own: bool
) -> None:
    bucket("own").guard(s3)
    found = expected_owners(s3, CopySource=source)
    for name in ("CopyObject", "UploadPartCopy"):
        assert ("ExpectedSourceBucketOwner" in found[name]) is is_own


def test_other_buckets_are_left_alone(s3: "S3Client") -> None:
    bucket("own").guard(s3)
    assert all(added == {} for added in expected_owners(s3, Bucket="own-too").values())


URI = f"s3://{TAKEN}/bank.csv"
CALLS: dict[str, Callable[["S3Client"], object]] = {
    "write": lambda s3: object_store.write_object(s3, f"s3://{TAKEN}/plan.json", b"{}", "text/plain"),
    "put a file": lambda s3: object_store.put_file(s3, io.BytesIO(b"x"), f"s3://{TAKEN}/raw.csv"),
    "read": lambda s3: object_store.read_object(s3, URI),
    "receive": lambda s3: object_store.receive_object(s3, URI, io.BytesIO()),
    "list": lambda s3: object_store.list_objects(s3, f"s3://{TAKEN}/"),
    "list versions": lambda s3: list_stored(s3, f"s3://{TAKEN}/"),
    "copy to": lambda s3: object_store.copy_object(s3, f"s3://{OPEN_SOURCE}/bank.csv", f"s3://{TAKEN}/copy"),
    "copy from": lambda s3: object_store.copy_object(s3, URI, f"s3://{OPEN_SOURCE}/copy"),
    "download": lambda s3: s3.download_fileobj(TAKEN, "bank.csv", io.BytesIO()),
    "upload in parts": lambda s3: s3.upload_fileobj(io.BytesIO(bytes(9 * 1024**2)), TAKEN, "large"),
    "wait": lambda s3: s3.get_waiter("object_exists").wait(Bucket=TAKEN, Key="bank.csv"),
    "delete": lambda s3: s3.delete_object(Bucket=TAKEN, Key="bank.csv"),
    "delete the bucket": lambda s3: s3.delete_bucket(Bucket=TAKEN),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_nothing_is_read_or_written_in_a_strangers_bucket(
    aws: Aws, s3: "S3Client", call: Callable[["S3Client"], object]
) -> None:
    bucket(TAKEN).guard(s3)
    with pytest.raises((ClientError, ObjectError, WaiterError), match=r"AccessDenied|denied|403|Forbidden"):
        call(s3)
    keys = [item["Key"] for item in aws.strangers_s3().list_objects_v2(Bucket=TAKEN)["Contents"]]
    assert keys == ["bank.csv"]


def test_a_source_in_a_strangers_bucket_is_read(s3: "S3Client") -> None:
    bucket("own").guard(s3)
    file = io.BytesIO()
    object_store.receive_object(s3, f"s3://{OPEN_SOURCE}/bank.csv", file)
    assert file.getvalue() == b"age,y\n31,1\n"


def test_what_is_absent_or_denied_is_not_taken_for_there(s3: "S3Client") -> None:
    bucket(TAKEN).guard(s3)
    assert not object_store.is_there(s3, URI)
    assert not object_store.has_size(s3, URI, 11)


def make(s3: "S3Client", name: str, region: str) -> None:
    constraint: Any = {} if region == "us-east-1" else {"LocationConstraint": region}
    s3.create_bucket(Bucket=name, **({"CreateBucketConfiguration": constraint} if constraint else {}))


@pytest.mark.parametrize("region", ["us-east-1", "eu-central-1", "us-west-2"])
def test_a_bucket_is_made_and_found_the_next_time(aws: Aws, region: str) -> None:
    own, s3 = bucket(f"made-in-{region}", region=region), aws.client("s3", region)
    own.guard(s3)
    assert own.prepare(s3, partial(make, s3, own.name, region))
    assert not own.prepare(s3, pytest.fail)
    assert s3.head_bucket(Bucket=own.name)["BucketRegion"] == region


@pytest.mark.parametrize(
    ("name", "owner", "error", "said"),
    [
        (TAKEN, ACCOUNT, OwnerError, f"The bucket {TAKEN} is another account's"),
        (OPEN_SOURCE, ACCOUNT, OwnerError, f"of its own account, {ACCOUNT}, unless the Param bucket_owner"),
        (TAKEN, "111111111111", BucketError, "it belongs to the account 111111111111"),
        ("not-there", STRANGER, BucketError, f"bucket_owner = {STRANGER} asks for, is made there"),
        ("own-but-said-to-be-a-strangers", STRANGER, BucketError, f"it belongs to the account {STRANGER}"),
    ],
)
def test_a_bucket_that_is_not_the_expected_accounts_is_refused(
    s3: "S3Client", name: str, owner: str, *, error: type[Exception], said: str
) -> None:
    s3.create_bucket(Bucket="own-but-said-to-be-a-strangers")
    own = bucket(name, owner)
    with pytest.raises(error) as refused:
        own.prepare(own.guard(s3), partial(make, s3, name, "us-east-1"))
    assert said in str(refused.value)


def test_a_bucket_of_the_account_that_is_named_is_used(s3: "S3Client") -> None:
    own = bucket(TAKEN, STRANGER)
    own.prepare(own.guard(s3), pytest.fail)
    assert object_store.list_objects(s3, f"s3://{TAKEN}/") == [URI]


@pytest.mark.parametrize(
    ("there", "here"),
    [
        ("us-east-1", "eu-central-1"),
        ("eu-central-1", "us-east-1"),
        ("us-west-2", "us-east-1"),
        ("eu-west-1", "eu-central-1"),
        ("ap-northeast-1", "us-west-2"),
    ],
)
def test_a_bucket_in_another_region_is_refused(aws: Aws, there: str, here: str) -> None:
    name = f"in-{there}-not-in-{here}"
    make(aws.client("s3", there), name, there)
    own, s3 = bucket(name, region=here), aws.client("s3", here)
    with pytest.raises(BucketError, match=f"{name} is in {there}\n.* which is {here} here"):
        own.prepare(own.guard(s3), pytest.fail)


@pytest.fixture
def odd_s3(web: MisbehavingWeb) -> Iterator["S3Client"]:
    """An S3 that answers as the test says."""
    client = boto3.client(
        "s3",
        region_name="us-east-1",
        endpoint_url=f"http://{web.host}",
        aws_access_key_id="test",
        aws_secret_access_key="made-up",
        config=Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}),
    )
    yield client
    client.close()


def test_a_redirection_to_another_region_is_told(web: MisbehavingWeb, odd_s3: "S3Client") -> None:
    web.url("/elsewhere", Answer(b"", status=301, headers={"x-amz-bucket-region": "eu-west-3"}))
    with pytest.raises(BucketError, match="elsewhere is in eu-west-3"):
        bucket("elsewhere").prepare(odd_s3, pytest.fail)


def aws_error(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "..."}}, "CreateBucket")


@pytest.mark.parametrize(
    ("status", "answer", "error"),
    [
        (403, aws_error("BucketAlreadyExists"), OwnerError),
        (404, aws_error("BucketAlreadyExists"), OwnerError),
        (403, aws_error("BucketAlreadyOwnedByYou"), BucketError),
        (403, None, BucketError),
        (404, aws_error("BucketAlreadyOwnedByYou"), ClientError),
        (403, aws_error("AccessDenied"), ClientError),
        (404, aws_error("AccessDenied"), ClientError),
    ],
)
def test_what_making_it_answers_tells_a_strangers_bucket_from_a_missing_permission(
    web: MisbehavingWeb,
    odd_s3: "S3Client",
    *,
    status: int,
    answer: ClientError | None,
    error: type[Exception],
) -> None:
    web.url("/asked", Answer(b"", status=status))

    def create() -> None:
        if answer:
            raise answer

    with pytest.raises(error):
        bucket("asked").prepare(odd_s3, create)
