"""Several runs of the same: one of them trains."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from include.pipeline.aws.object_store import list_objects, write_object
from include.pipeline.documents.plan import RunPlan
from include.pipeline.history.training_claim import OtherRun, claim_training, claims_of, release_training
from tests.pipeline.accepted_runs import DATA, OTHER_DATA, day, plan_of

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

FIRST = plan_of("scheduled__1", of=day(1))
SECOND = plan_of("scheduled__2", of=day(2))
THIRD = plan_of("scheduled__3", of=day(3))


def claim(
    s3: "S3Client",
    plan: RunPlan,
    *,
    data: str = DATA,
    under_way: bool = True,
    longest: timedelta = timedelta(hours=1),
) -> OtherRun | None:
    return claim_training(s3, plan, data, may_accept=lambda _: under_way, longest=longest)


def test_the_first_trains_and_the_others_wait_for_it(s3: "S3Client") -> None:
    assert claim(s3, FIRST) is None
    for other in (SECOND, THIRD):
        found = claim(s3, other)
        assert found is not None
        assert found.run_id == "scheduled__1"
        assert timedelta(seconds=-2) < found.since < timedelta(minutes=1)


def test_a_run_that_claimed_before_it_was_cleared_trains(s3: "S3Client") -> None:
    assert claim(s3, FIRST) is None
    assert claim(s3, FIRST) is None


@pytest.mark.parametrize("changed", [{"seed": 1}, {"train_fraction": 0.6}])
def test_runs_of_something_else_wait_for_nobody(s3: "S3Client", changed: dict[str, float]) -> None:
    assert claim(s3, FIRST) is None
    assert claim(s3, SECOND, data=OTHER_DATA) is None
    assert claim(s3, plan_of("scheduled__3", of=day(3), **changed)) is None


def test_where_the_trainer_has_failed_one_of_the_others_trains_and_the_rest_wait_for_that(
    s3: "S3Client",
) -> None:
    claim(s3, FIRST)
    assert claim(s3, SECOND, under_way=False) is None
    for other in (THIRD, FIRST):
        found = claim(s3, other)
        assert found is not None
        assert found.run_id == "scheduled__2"


def test_nobody_waits_for_ever(s3: "S3Client") -> None:
    claim(s3, FIRST)
    assert claim(s3, SECOND, longest=timedelta(seconds=-5)) is None


def test_a_run_that_has_been_judged_leaves_no_claim_and_another_runs_stays(s3: "S3Client") -> None:
    claim(s3, FIRST)
    claim(s3, SECOND, data=OTHER_DATA)
    assert len(claims_of(s3, FIRST.locations)) == 1
    release_training(s3, FIRST)
    assert claims_of(s3, FIRST.locations) == []
    assert list_objects(s3, f"{FIRST.locations.claims}/") == claims_of(s3, SECOND.locations) != []
    assert claim(s3, THIRD) is None


def test_a_claim_that_cannot_be_read_is_nobodys(s3: "S3Client") -> None:
    claim(s3, FIRST)
    (uri,) = claims_of(s3, FIRST.locations)
    write_object(s3, uri, b"{", "application/json")
    assert claim(s3, SECOND) is None


def test_of_ten_at_once_one_trains(s3: "S3Client") -> None:
    plans = [plan_of(f"scheduled__{number}", of=day(number)) for number in range(1, 11)]
    with ThreadPoolExecutor(len(plans)) as pool:
        found = list(pool.map(lambda plan: claim(s3, plan), plans))
    (trainer,) = [plan for plan, other in zip(plans, found, strict=True) if other is None]
    assert {other.run_id for other in found if other} == {trainer.identity.run_id}
