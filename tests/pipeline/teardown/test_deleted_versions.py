"""What a bucket still holds of a run, where a listing shows nothing, on local AWS."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from include.pipeline.aws.bucket_tags import mark_as_made_by
from include.pipeline.aws.object_store import list_objects, write_object
from include.pipeline.aws.tags import RunTags
from include.pipeline.documents.plan import RunLocations
from include.pipeline.errors import CleanupError
from include.pipeline.teardown.cleanup import delete_run, find_data
from tests.aws.clients import Aws
from tests.project import DEPLOYMENT_ID
from tests.services.local_aws_server import local_aws_server

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

RUN, OTHER = (
    RunLocations.of("versioned", "pipeline", key, deployment_id=DEPLOYMENT_ID)
    for key in ("run", "run-and-another")
)
MAKER = RunTags(deployment_id=DEPLOYMENT_ID, dag_id="pipeline", run_id="run", expires=None)
RAW = f"{RUN.raw}/abc/bank.csv"
MODEL = f"{RUN.models}/20261101T000000000000/{'a' * 64}/run.json"
OTHER_MODEL = f"{RUN.models}/20261101T000000000000/{'a' * 64}/run-and-another.json"


@pytest.fixture(scope="module")
def aws() -> Iterator[Aws]:
    with local_aws_server() as server:
        yield Aws(server.url)


@pytest.fixture(scope="module")
def client(aws: Aws) -> "S3Client":
    s3: S3Client = aws.client("s3")
    return s3


@pytest.fixture
def s3(client: "S3Client") -> Iterator["S3Client"]:
    """An S3 with a bucket that keeps versions, and can lock them."""
    client.create_bucket(Bucket="versioned", ObjectLockEnabledForBucket=True)
    versioned(client, "Enabled")
    mark_as_made_by(client, "versioned", MAKER)
    yield client
    empty(client)


def versioned(s3: "S3Client", status: str) -> None:
    s3.put_bucket_versioning(Bucket="versioned", VersioningConfiguration={"Status": status})  # type: ignore[typeddict-item]


def versions(s3: "S3Client") -> list[tuple[str, str]]:
    try:
        found = s3.list_object_versions(Bucket="versioned")
    except ClientError:
        return []
    return [
        (each["Key"], each["VersionId"])
        for kind in ("Versions", "DeleteMarkers")
        for each in found.get(kind, [])
    ]  # type: ignore[attr-defined]


def empty(s3: "S3Client") -> None:
    while found := versions(s3):
        for key, version in found:
            # Until its lock has ended, or where it is a delete marker, S3 refuses one or the other.
            with suppress(ClientError):
                s3.put_object_legal_hold(
                    Bucket="versioned", Key=key, VersionId=version, LegalHold={"Status": "OFF"}
                )
            with suppress(ClientError):
                s3.delete_object(Bucket="versioned", Key=key, VersionId=version)
    if "versioned" in [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]:
        s3.delete_bucket(Bucket="versioned")


def key_of(uri: str) -> str:
    return uri.removeprefix("s3://versioned/")


def write(s3: "S3Client", *uris: str) -> None:
    for uri in uris:
        write_object(s3, uri, b"x", "text/plain")


def overwritten(s3: "S3Client") -> None:
    for _ in range(3):
        write(s3, RUN.train)


def deleted_by_hand(s3: "S3Client") -> None:
    write(s3, RUN.plan)
    s3.delete_object(Bucket="versioned", Key=key_of(RUN.plan))


def deleted_twice(s3: "S3Client") -> None:
    deleted_by_hand(s3)
    deleted_by_hand(s3)
    s3.delete_object(Bucket="versioned", Key=key_of(RUN.plan))


def listed_and_no_longer(s3: "S3Client") -> None:
    write(s3, MODEL)
    s3.delete_object(Bucket="versioned", Key=key_of(MODEL))


def a_marker_alone(s3: "S3Client") -> None:
    key = key_of(RUN.metrics)
    version = s3.put_object(Bucket="versioned", Key=key, Body=b"x")["VersionId"]
    s3.delete_object(Bucket="versioned", Key=key)
    s3.delete_object(Bucket="versioned", Key=key, VersionId=version)


def an_upload_that_was_begun(s3: "S3Client") -> None:
    begun = s3.create_multipart_upload(Bucket="versioned", Key=key_of(f"{RUN.model}/model.tar.gz"))
    s3.upload_part(
        Bucket="versioned", Key=begun["Key"], UploadId=begun["UploadId"], PartNumber=1, Body=b"half a model"
    )


def from_before_there_were_versions(s3: "S3Client") -> None:
    versioned(s3, "Suspended")
    write(s3, RUN.plan)
    versioned(s3, "Enabled")
    write(s3, RUN.plan)


LEFT: tuple[Callable[["S3Client"], None], ...] = (
    overwritten,
    deleted_by_hand,
    deleted_twice,
    listed_and_no_longer,
    a_marker_alone,
    an_upload_that_was_begun,
    from_before_there_were_versions,
)


@pytest.mark.parametrize("leave", LEFT)
def test_what_can_still_be_read_counts_as_left_until_it_is_deleted(
    s3: "S3Client", leave: Callable[["S3Client"], None]
) -> None:
    leave(s3)
    assert find_data(s3, RUN)
    deleted = delete_run(s3, RUN, MAKER)
    assert deleted.bucket_is_deleted
    assert deleted.versions + deleted.delete_markers + deleted.uploads > 0
    assert find_data(s3, RUN) == []
    assert "versioned" not in [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]


@pytest.mark.parametrize("leave", LEFT)
def test_while_another_run_is_there_only_this_one_goes(
    s3: "S3Client", leave: Callable[["S3Client"], None]
) -> None:
    write(s3, RAW, OTHER.plan, OTHER.plan, OTHER_MODEL)
    before = set(versions(s3))
    leave(s3)
    deleted = delete_run(s3, RUN, MAKER)
    assert set(versions(s3)) == before
    assert s3.list_multipart_uploads(Bucket="versioned").get("Uploads", []) == []
    raw, bucket = deleted.stays
    assert raw.startswith(f"{RUN.raw}, ")
    assert f"other runs are in {RUN.run.rpartition('/')[0]}" in raw
    assert bucket.startswith(f"s3://versioned stays: s3://versioned/{DEPLOYMENT_ID}/pipeline/")
    assert "(4 in all)" in bucket


def test_the_customers_data_cannot_be_read_by_its_version_any_more(s3: "S3Client") -> None:
    version = s3.put_object(Bucket="versioned", Key=key_of(RAW), Body=b"age,y\n31,1\n")["VersionId"]
    write(s3, RUN.plan, "s3://versioned/another-pipeline/raw/x")
    deleted = delete_run(s3, RUN, MAKER)
    assert (set(deleted.objects), deleted.versions) == ({RAW, RUN.plan}, 2)
    with pytest.raises(ClientError, match=r"NoSuchVersion|NoSuchKey|404"):
        s3.get_object(Bucket="versioned", Key=key_of(RAW), VersionId=version)


@pytest.mark.parametrize(
    ("hide", "what"),
    [
        (lambda s3, key: s3.delete_object(Bucket="versioned", Key=key), "in all"),
        (lambda s3, key: s3.put_object(Bucket="versioned", Key=key, Body=b""), "version "),
        (lambda s3, key: s3.create_multipart_upload(Bucket="versioned", Key=key), "in all"),
    ],
    ids=["hidden by a marker", "shown", "an upload"],
)
def test_a_bucket_with_anything_of_others_stays_and_the_reason_is_told(
    s3: "S3Client", hide: Callable[["S3Client", str], object], what: str
) -> None:
    write(s3, RUN.plan, "s3://versioned/of-others")
    hide(s3, "of-others")
    deleted = delete_run(s3, RUN, MAKER)
    assert not deleted.bucket_is_deleted
    (reason,) = deleted.stays
    assert reason.startswith("s3://versioned stays: s3://versioned/of-others (version ")
    assert what in reason
    assert reason in str(deleted)


def test_an_older_version_is_never_shown_in_the_place_of_a_newer_one(s3: "S3Client") -> None:
    write(s3, OTHER.plan, MODEL, MODEL, RUN.plan, RUN.plan, RUN.plan)
    shown: list[set[str]] = []

    def look(**_: object) -> None:
        found = s3.list_objects_v2(Bucket="versioned").get("Contents", [])
        shown.append({item["ETag"] + item["LastModified"].isoformat() for item in found})

    s3.meta.events.register("after-call.s3.DeleteObjects", look, unique_id="look")
    try:
        delete_run(s3, RUN, MAKER)
    finally:
        s3.meta.events.unregister("after-call.s3.DeleteObjects", unique_id="look")
    assert len(shown) == 4
    assert all(later <= earlier for earlier, later in pairwise(shown))
    assert list_objects(s3, "s3://versioned/") == [OTHER.plan]


@pytest.mark.parametrize(
    "lock",
    [
        {"ObjectLockLegalHoldStatus": "ON"},
        {"ObjectLockMode": "GOVERNANCE"},
        {"ObjectLockMode": "COMPLIANCE"},
    ],
    ids=str,
)
def test_what_a_lock_keeps_is_said_and_the_rest_goes(s3: "S3Client", lock: dict[str, str]) -> None:
    times = {"ObjectLockRetainUntilDate": datetime.now(UTC) + timedelta(seconds=4)}
    until = times if "ObjectLockMode" in lock else {}
    s3.put_object(Bucket="versioned", Key=key_of(RUN.plan), Body=b"x", **lock, **until)  # type: ignore[arg-type]
    write(s3, RUN.metrics)
    with pytest.raises(CleanupError, match=r"plan.json .*Access Denied.*\(1 in all\)") as refused:
        delete_run(s3, RUN, MAKER)
    assert "object lock or MFA delete" in refused.value.mend
    assert [stored.uri for stored in find_data(s3, RUN)] == [RUN.plan]


def test_a_bucket_with_mfa_delete_refuses_the_request_as_a_whole(s3: "S3Client") -> None:
    write(s3, RUN.plan, RUN.metrics)

    def refuse(**_: object) -> None:
        answer = {"Error": {"Code": "AccessDenied", "Message": "Mfa Authentication must be used"}}
        raise ClientError(answer, "DeleteObjects")  # type: ignore[arg-type]

    s3.meta.events.register("before-call.s3.DeleteObjects", refuse, unique_id="refuse")
    try:
        with pytest.raises(CleanupError, match=r"Mfa Authentication must be used \(2 in all\)"):
            delete_run(s3, RUN, MAKER)
    finally:
        s3.meta.events.unregister("before-call.s3.DeleteObjects", unique_id="refuse")


def test_a_bucket_of_another_account_is_emptied_and_stays(s3: "S3Client") -> None:
    write(s3, RUN.plan)
    deleted = delete_run(s3, RUN, None)
    assert deleted.stays == ("s3://versioned stays: it is another account's",)
    assert versions(s3) == []
