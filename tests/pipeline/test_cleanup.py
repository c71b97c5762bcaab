from typing import TYPE_CHECKING

from include.pipeline.cleanup import delete_run
from include.pipeline.object_store import list_objects, write_object
from include.pipeline.plan import RunLocations

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

BUCKET = "bucket"
FIRST = RunLocations.of(BUCKET, "pipeline", "first")
# Its prefix begins as the first run's does.
SECOND = RunLocations.of(BUCKET, "pipeline", "first-and-second")


def buckets(s3: "S3Client") -> list[str]:
    return [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]


def store(s3: "S3Client", *uris: str) -> None:
    for uri in uris:
        write_object(s3, uri, b"x", "text/plain")


def test_a_run_is_deleted_alone_while_another_needs_the_raw_data(s3: "S3Client") -> None:
    raw = f"{FIRST.raw}/abc/data.csv"
    store(s3, raw, FIRST.plan, FIRST.metrics, SECOND.plan)
    assert set(delete_run(s3, FIRST)) == {FIRST.plan, FIRST.metrics}
    assert list_objects(s3, f"s3://{BUCKET}/") == sorted([raw, SECOND.plan])


def test_the_last_run_takes_raw_data_and_bucket_with_it(s3: "S3Client") -> None:
    store(s3, f"{FIRST.raw}/abc/data.csv", FIRST.plan)
    assert delete_run(s3, FIRST)[-1] == f"s3://{BUCKET}"
    assert buckets(s3) == []


def test_a_bucket_with_something_else_in_it_stays(s3: "S3Client") -> None:
    store(s3, FIRST.plan, f"s3://{BUCKET}/another-pipeline/raw/x")
    delete_run(s3, FIRST)
    assert list_objects(s3, f"s3://{BUCKET}/") == [f"s3://{BUCKET}/another-pipeline/raw/x"]


def test_deleting_again_finds_nothing_to_do(s3: "S3Client") -> None:
    store(s3, FIRST.plan)
    delete_run(s3, FIRST)
    assert delete_run(s3, FIRST) == []


def test_more_objects_than_one_request_may_name_are_deleted(s3: "S3Client") -> None:
    store(s3, *(f"{FIRST.run}/{number}" for number in range(1001)))
    assert len(delete_run(s3, FIRST)) == 1001 + 1
    assert buckets(s3) == []


def test_a_deleted_run_is_no_longer_listed_as_accepted_and_the_others_are(s3: "S3Client") -> None:
    own, others = (f"{FIRST.models}/20260301/{'0' * 64}/{key}.json" for key in ("first", "first-and-second"))
    store(s3, own, others, FIRST.plan, SECOND.plan)
    assert own in delete_run(s3, FIRST)
    assert list_objects(s3, f"{FIRST.models}/") == [others]


def test_the_last_run_takes_profiles_with_it(s3: "S3Client") -> None:
    store(s3, f"{FIRST.profiles}/abc.json", FIRST.plan)
    delete_run(s3, FIRST)
    assert buckets(s3) == []
