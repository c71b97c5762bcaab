import json
from datetime import timedelta

import botocore.session
import pytest

from include.pipeline.aws import prices
from tests.project import PROJECT

FILE = json.loads((PROJECT / "include" / "pipeline" / "aws" / "prices.json").read_text())
MODEL = botocore.session.get_session().get_service_model("sagemaker")


@pytest.mark.parametrize(
    ("region", "use", "instance_type", "count", "time", "usd"),
    [
        ("us-east-1", "hosting", "ml.m4.xlarge", 1, timedelta(days=1), 6.72),
        ("us-east-1", "training", "ml.m4.xlarge", 3, timedelta(days=1), 20.16),
        ("us-east-1", "training", "ml.m5.large", 2, timedelta(minutes=30), 0.115),
        ("eu-west-1", "training", "ml.m5.xlarge", 1, timedelta(hours=2), 0.514),
        ("eu-west-1", "training", "ml.g4dn.xlarge", 1, timedelta(seconds=3600), 0.822),
        # Another price than for training.
        ("eu-west-1", "hosting", "ml.g4dn.xlarge", 1, timedelta(seconds=3600), 0.821),
        ("us-east-1", "hosting", "ml.m4.xlarge", 1, timedelta(0), 0),
    ],
)
def test_instances_cost_by_type_use_region_and_time(
    region: str, use: prices.Use, instance_type: str, *, count: int, time: timedelta, usd: float
) -> None:
    assert prices.usd(region, use, instance_type, count, time) == pytest.approx(usd)


@pytest.mark.parametrize(
    ("region", "use", "instance_type"),
    [
        ("us-east-1", "training", "ml.unheard.of"),
        ("us-east-1", "training", ""),
        # It has no training jobs.
        ("us-east-1", "training", "ml.c5.large"),
        ("eu-west-1", "hosting", "ml.m4.xlarge"),
        ("eu-central-1", "training", "ml.m4.xlarge"),
        ("", "hosting", "ml.m4.xlarge"),
    ],
)
def test_what_no_source_told_is_not_known(region: str, use: prices.Use, instance_type: str) -> None:
    assert prices.usd(region, use, instance_type, 1, timedelta(hours=1)) is None


@pytest.mark.parametrize(
    ("region", "as_of"), [("us-east-1", "2024"), ("eu-west-1", "2023-12"), ("eu-central-1", None)]
)
def test_it_is_told_of_when_the_prices_are(region: str, as_of: str | None) -> None:
    assert prices.as_of(region) == as_of


def test_every_list_has_a_source_and_a_region_of_its_own() -> None:
    assert len({one["region"] for one in FILE["lists"]}) == len(FILE["lists"])
    for one in FILE["lists"]:
        assert one["source"].startswith("https://")
        assert all(price > 0 for use in ("training", "hosting") for price in one[use].values())


@pytest.mark.parametrize(
    ("use", "shape"), [("training", "TrainingInstanceType"), ("hosting", "ProductionVariantInstanceType")]
)
def test_every_type_is_one_that_sagemaker_has_for_that_use(use: str, shape: str) -> None:
    known = set(MODEL.shape_for(shape).enum)
    assert {name for one in FILE["lists"] for name in one[use]} <= known
