from typing import TYPE_CHECKING, Any

import pytest

from include.pipeline.aws.bucket_tags import mark_as_made_by
from include.pipeline.aws.object_store import list_objects, write_object
from include.pipeline.aws.tags import RunTags
from include.pipeline.documents.plan import RunLocations
from include.pipeline.history.accepted import accept
from include.pipeline.history.reuse import reuse_model
from include.pipeline.teardown.cleanup import DeletedData, delete_run
from tests.pipeline.accepted_runs import DATA, accepted, day, plan_of
from tests.project import DEPLOYMENT_ID

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

BUCKET = "bucket"
FIRST = RunLocations.of(BUCKET, "pipeline", "first", deployment_id=DEPLOYMENT_ID)
# Its prefix begins as the first run's does.
SECOND = RunLocations.of(BUCKET, "pipeline", "first-and-second", deployment_id=DEPLOYMENT_ID)
FIRST_RUN = RunTags(deployment_id=DEPLOYMENT_ID, dag_id="pipeline", run_id="first", expires=None)
FIRST_MODEL = f"{FIRST.models}/20261101T000000000000/{'a' * 64}/first.json"
SECOND_MODEL = f"{FIRST.models}/20261102T000000000000/{'a' * 64}/first-and-second.json"


@pytest.fixture(autouse=True)
def made_by_the_first(s3: "S3Client") -> None:
    """The bucket is one that the first run has made."""
    mark_as_made_by(s3, BUCKET, FIRST_RUN)


def buckets(s3: "S3Client") -> list[str]:
    return [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]


def store(s3: "S3Client", *uris: str) -> None:
    for uri in uris:
        write_object(s3, uri, b"x", "text/plain")


def test_a_run_is_deleted_alone_while_another_needs_the_raw_data(s3: "S3Client") -> None:
    raw = f"{FIRST.raw}/abc/data.csv"
    store(s3, raw, FIRST.plan, FIRST.metrics, SECOND.plan)
    assert set(delete_run(s3, FIRST, FIRST_RUN).objects) == {FIRST.plan, FIRST.metrics}
    assert list_objects(s3, f"s3://{BUCKET}/") == sorted([raw, SECOND.plan])


def test_the_last_run_takes_raw_data_and_bucket_with_it(s3: "S3Client") -> None:
    store(s3, f"{FIRST.raw}/abc/data.csv", FIRST.plan)
    assert delete_run(s3, FIRST, FIRST_RUN).bucket_is_deleted
    assert buckets(s3) == []


@pytest.mark.parametrize(
    "tags",
    [
        [],
        [{"Key": "team", "Value": "data-science"}],
        RunTags(deployment_id=DEPLOYMENT_ID, dag_id="pipeline", run_id="second", expires=None).to_aws(),
        RunTags(deployment_id=DEPLOYMENT_ID, dag_id="another", run_id="first", expires=None).to_aws(),
    ],
    ids=["nobody's", "a team's", "another run's", "another pipeline's"],
)
def test_an_empty_bucket_that_the_run_did_not_make_stays(s3: "S3Client", tags: list[Any]) -> None:
    s3.delete_bucket_tagging(Bucket=BUCKET)
    if tags:
        s3.put_bucket_tagging(Bucket=BUCKET, Tagging={"TagSet": tags})
    store(s3, f"{FIRST.raw}/abc/data.csv", FIRST.plan)
    deleted = delete_run(s3, FIRST, FIRST_RUN)
    assert deleted.stays == (f"s3://{BUCKET} stays: its tags do not say that this run made it",)
    assert (buckets(s3), list_objects(s3, f"s3://{BUCKET}/")) == ([BUCKET], [])


def test_a_bucket_with_something_else_in_it_stays(s3: "S3Client") -> None:
    store(s3, FIRST.plan, f"s3://{BUCKET}/another-pipeline/raw/x")
    delete_run(s3, FIRST, FIRST_RUN)
    assert list_objects(s3, f"s3://{BUCKET}/") == [f"s3://{BUCKET}/another-pipeline/raw/x"]


def test_deleting_again_finds_nothing_to_do(s3: "S3Client") -> None:
    store(s3, FIRST.plan)
    delete_run(s3, FIRST, FIRST_RUN)
    assert delete_run(s3, FIRST, FIRST_RUN) == DeletedData(bucket_is_deleted=True)


@pytest.mark.slow
def test_more_objects_than_one_request_may_name_are_deleted(s3: "S3Client") -> None:
    store(s3, *(f"{FIRST.run}/{number}" for number in range(1001)))
    assert len(delete_run(s3, FIRST, FIRST_RUN).objects) == 1001
    assert buckets(s3) == []


def test_a_deleted_run_is_no_longer_listed_and_the_others_are(s3: "S3Client") -> None:
    profile = f"{FIRST.profiles}/abc.json"
    store(s3, FIRST.plan, SECOND.plan, FIRST_MODEL, SECOND_MODEL, profile)
    assert delete_run(s3, FIRST, FIRST_RUN).objects == (FIRST_MODEL, FIRST.plan)
    assert list_objects(s3, f"s3://{BUCKET}/") == sorted([SECOND_MODEL, profile, SECOND.plan])


def test_a_run_is_no_longer_listed_before_anything_of_it_goes(
    s3: "S3Client",
) -> None:
    store(s3, FIRST.plan, FIRST_MODEL, SECOND.plan)
    deleted: list[str] = []

    def record(params: dict[str, Any], **_: Any) -> None:
        deleted.extend(item["Key"] for item in params["Delete"]["Objects"])

    s3.meta.events.register("provide-client-params.s3.DeleteObjects", record, unique_id="record")
    try:
        delete_run(s3, FIRST, FIRST_RUN)
    finally:
        s3.meta.events.unregister("provide-client-params.s3.DeleteObjects", unique_id="record")
    assert [f"s3://{BUCKET}/{key}" for key in deleted] == [FIRST_MODEL, FIRST.plan]


def test_every_place_in_the_list_of_models_goes(s3: "S3Client") -> None:
    again = FIRST_MODEL.replace("20261101", "20261103").replace("a" * 64, "b" * 64)
    store(s3, FIRST.plan, SECOND.plan, FIRST_MODEL, again)
    assert set(delete_run(s3, FIRST, FIRST_RUN).objects) == {FIRST_MODEL, again, FIRST.plan}


def test_the_last_run_takes_profiles_and_the_list_of_models_with_it(s3: "S3Client") -> None:
    # The second run's folder was emptied by hand.
    store(s3, FIRST.plan, FIRST_MODEL, SECOND_MODEL, f"{FIRST.profiles}/abc.json")
    delete_run(s3, FIRST, FIRST_RUN)
    assert buckets(s3) == []


def test_another_pipelines_models_stay(s3: "S3Client") -> None:
    other = FIRST_MODEL.replace("/pipeline/", "/another/")
    store(s3, FIRST.plan, FIRST_MODEL, other)
    delete_run(s3, FIRST, FIRST_RUN)
    assert list_objects(s3, f"s3://{BUCKET}/") == [other]


def test_a_model_that_another_run_uses_again_counts_no_longer_once_it_is_deleted(s3: "S3Client") -> None:
    maker, taker = plan_of("scheduled__1", of=day(1)), plan_of("scheduled__2", of=day(2))
    manifest = accepted(s3, maker)
    reuse_model(s3, taker, DATA)
    accept(s3, taker, manifest.model_copy(update={"key": taker.key, "identity": taker.identity}))
    third = plan_of("scheduled__3", of=day(3))
    assert reuse_model(s3, third, DATA) is not None
    delete_run(s3, maker.locations, None)
    assert reuse_model(s3, third, DATA) is None
