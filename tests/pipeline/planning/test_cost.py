import re
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from include.pipeline.aws.object_store import list_objects, write_object
from include.pipeline.documents.aws_settings import AwsSettings
from include.pipeline.documents.plan import RunPlan
from include.pipeline.documents.training.cost import CostEstimate
from include.pipeline.errors import ParamError
from include.pipeline.planning.cost import check_cost_limit, estimate_cost, told
from tests.pipeline.accepted_runs import accepted, day, plan_of
from tests.project import DEPLOYMENT_ID

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

M4 = "ml.m4.xlarge"
HOUR = 0.28  # of an ml.m4.xlarge in us-east-1, for training and for endpoints


def planned(region: str = "us-east-1", *, settings: dict[str, Any] | None = None, **params: Any) -> RunPlan:
    made = plan_of("manual__later", planned_at=day(25), **params)
    identity = made.identity.model_copy(update={"region": region})
    aws = AwsSettings.model_validate(settings or {})
    return made.model_copy(update={"identity": identity, "aws": aws})


@pytest.mark.parametrize(
    ("params", "settings", "training", "endpoint"),
    [
        # An hour of training, and 75 minutes of an endpoint.
        ({}, {}, HOUR, 1.25 * HOUR),
        ({"training_instance_count": 3}, {}, 3 * HOUR, 1.25 * HOUR),
        ({"endpoint_instance_count": 2}, {}, HOUR, 2.5 * HOUR),
        ({}, {"max_runtime_seconds": 600}, HOUR / 6, 1.25 * HOUR),
        ({}, {"max_runtime_seconds": 7200, "spot": {"max_wait_seconds": 99_999}}, 2 * HOUR, 1.25 * HOUR),
        # A warm pool bills on.
        ({}, {"keep_alive_seconds": 1800}, 1.5 * HOUR, 1.25 * HOUR),
        ({"training_instance_type": "ml.m5.large"}, {}, 0.115, 1.25 * HOUR),
        ({"endpoint_instance_type": "ml.c5.large"}, {}, HOUR, 1.25 * 0.102),
    ],
)
def test_the_most_is_what_the_limits_of_time_let_it_cost(
    s3: "S3Client", params: dict[str, Any], settings: dict[str, Any], training: float, endpoint: float
) -> None:
    cost = estimate_cost(planned(settings=settings, **params), s3)
    assert cost.training_at_most == pytest.approx(training)
    assert cost.endpoint_at_most == pytest.approx(endpoint)
    assert cost.at_most == pytest.approx(training + endpoint)
    # Nothing was trained before.
    assert (cost.training_about, cost.training_as_in) == (cost.training_at_most, None)
    assert cost.endpoint_about == pytest.approx(endpoint / 7.5)
    assert (cost.unknown, cost.prices_as_of) == ((), "2024")


@pytest.mark.parametrize(
    ("earlier", "settings", "hours"),
    [
        ({}, {}, 90 / 3600),
        ({"train_fraction": 0.6}, {}, 90 / 3600),
        ({}, {"keep_alive_seconds": 900}, (90 + 900) / 3600),
        # It would be stopped before.
        ({}, {"max_runtime_seconds": 60}, 60 / 3600),
        ({"training_instance_type": "ml.m5.large"}, {}, None),
        ({"training_instance_count": 2}, {}, None),
    ],
)
def test_training_takes_about_as_long_as_it_last_did_on_the_same_instances(
    s3: "S3Client", earlier: dict[str, Any], settings: dict[str, Any], hours: float | None
) -> None:
    accepted(s3, plan_of("manual__earlier", planned_at=day(20), **earlier), billable_seconds=90)
    cost = estimate_cost(planned(settings=settings), s3)
    assert cost.training_as_in == (None if hours is None else "manual__earlier")
    assert cost.training_about == pytest.approx(HOUR if hours is None else hours * HOUR)
    assert cost.at_most == pytest.approx(cost.training_at_most + 1.25 * HOUR)  # type: ignore[operator]


def test_the_newest_run_that_trained_on_these_instances_counts(s3: "S3Client") -> None:
    accepted(s3, plan_of("manual__1", planned_at=day(18)), billable_seconds=30)
    accepted(s3, plan_of("manual__2", planned_at=day(19)), billable_seconds=90)
    accepted(s3, plan_of("manual__3", planned_at=day(20), training_instance_count=2), billable_seconds=500)
    assert estimate_cost(planned(), s3).training_as_in == "manual__2"


def test_a_run_that_cannot_be_read_keeps_nobody_from_planning(s3: "S3Client") -> None:
    accepted(s3, plan_of("manual__earlier", planned_at=day(20)))
    (listed,) = list_objects(s3, f"s3://bucket/{DEPLOYMENT_ID}/bank_marketing/models/")
    write_object(s3, listed, b"{", "application/json")
    assert estimate_cost(planned(), s3).training_as_in is None


def test_a_bucket_that_is_not_there_yet_holds_no_earlier_run(s3: "S3Client") -> None:
    plan = planned()
    moved = plan.locations.model_copy(update={"models": "s3://not-there-yet/bank_marketing/models"})
    assert estimate_cost(plan.model_copy(update={"locations": moved}), s3).training_as_in is None
    with pytest.raises(ClientError):
        s3.head_bucket(Bucket="not-there-yet")


@pytest.mark.parametrize(
    ("max_cost", "params", "region"),
    [
        (None, {}, "us-east-1"),
        (None, {"training_instance_type": "ml.z9.huge"}, "us-east-1"),
        (None, {}, "eu-central-1"),
        (0.64, {}, "us-east-1"),
        (5, {}, "us-east-1"),
        # What the endpoint costs after the run is told, and does not count.
        (0.64, {"keep_endpoint": True}, "us-east-1"),
    ],
)
def test_a_run_that_costs_no_more_is_planned(
    s3: "S3Client", max_cost: float | None, params: dict[str, Any], region: str
) -> None:
    plan = planned(region, max_cost=max_cost, **params)
    cost = estimate_cost(plan, s3)
    with_cost = plan.model_copy(update={"cost": cost})
    assert RunPlan.read(with_cost.model_dump(mode="json"), "plan_run").cost == cost


@pytest.mark.parametrize(
    ("max_cost", "params", "region", "said"),
    [
        (0.62, {}, "us-east-1", "the run may cost 0.63 USD (training 0.28, endpoint 0.35)"),
        (0.01, {}, "us-east-1", "the run may cost 0.63 USD"),
        (1, {"training_instance_count": 20}, "us-east-1", "the run may cost 5.95 USD (training 5.60"),
        (
            99,
            {"training_instance_type": "ml.z9.huge"},
            "us-east-1",
            "the price of ml.z9.huge for training in us-east-1 is not known",
        ),
        (
            99,
            {"endpoint_instance_type": "ml.z9.huge"},
            "us-east-1",
            "the price of ml.z9.huge for endpoints in us-east-1 is not known",
        ),
        (
            99,
            {},
            "eu-central-1",
            f"the price of {M4} for training in eu-central-1 and of {M4} for endpoints in eu-central-1",
        ),
    ],
)
def test_a_run_that_may_cost_more_or_nobody_knows_is_refused(
    s3: "S3Client", max_cost: float, params: dict[str, Any], region: str, said: str
) -> None:
    with pytest.raises(ParamError, match=rf"max_cost = {max_cost}, .*{re.escape(said)}"):
        estimate_cost(planned(region, max_cost=max_cost, **params), s3)
    with pytest.raises(ParamError, match=rf"limits.max_cost = {max_cost}, .*{re.escape(said)}"):
        check_cost_limit(planned(region, **params), max_cost)


def test_a_run_within_the_limit_is_not_refused() -> None:
    for max_cost in (None, 0.64):
        check_cost_limit(planned(), max_cost)


KNOWN = CostEstimate(
    training_at_most=0.28,
    training_about=0.007,
    training_as_in="manual__earlier",
    endpoint_at_most=0.35,
    endpoint_about=0.047,
    kept_endpoint_a_day=None,
    unknown=(),
    prices_as_of="2024",
)
MOST = "The run costs at most 0.63 USD"
BY_PRICES = "by on-demand prices as of 2024"
LESS = "Where a model is used again it costs less"


@pytest.mark.parametrize(
    ("changed", "lines"),
    [
        (
            {},
            [f"{MOST}, about 0.05 USD, trained as in manual__earlier, {BY_PRICES}. {LESS}"],
        ),
        (
            {"training_as_in": None, "training_about": 0.28},
            [f"{MOST}, about 0.33 USD, {BY_PRICES}. {LESS}"],
        ),
        (
            {"training_as_in": None, "training_about": 0.28, "kept_endpoint_a_day": 6.72},
            [
                f"{MOST}, about 0.33 USD, {BY_PRICES}. {LESS}",
                "The endpoint that is kept costs 6.72 USD a day",
            ],
        ),
        (
            {"training_at_most": None, "training_about": None, "unknown": ("ml.z9.huge for training",)},
            ["The price of ml.z9.huge for training is not known"],
        ),
        (
            {
                "endpoint_at_most": None,
                "endpoint_about": None,
                "unknown": ("a for training", "b for endpoints"),
            },
            ["The price of a for training is not known", "The price of b for endpoints is not known"],
        ),
    ],
)
def test_the_estimate_is_told_in_the_log(changed: dict[str, Any], lines: list[str]) -> None:
    assert list(told(KNOWN.model_copy(update=changed))) == lines


def test_a_kept_endpoint_costs_by_the_day(s3: "S3Client") -> None:
    kept = estimate_cost(planned(keep_endpoint=True, endpoint_instance_count=2), s3)
    assert kept.kept_endpoint_a_day == pytest.approx(2 * 24 * HOUR)
    assert estimate_cost(planned(), s3).kept_endpoint_a_day is None
