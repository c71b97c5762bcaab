from datetime import timedelta
from typing import Any

import pytest

from include.pipeline.documents.aws_settings import AwsSettings
from include.pipeline.documents.metrics import PreviousModel
from include.pipeline.documents.split import EncodedFeatures, Sides
from include.pipeline.documents.table.config import TableConfig
from include.pipeline.documents.table.split_job import SplitJob
from include.pipeline.documents.training.cost import CostEstimate
from include.pipeline.report import formats
from include.pipeline.report.sections import deployment
from include.pipeline.report.sections.run import gather
from tests.pipeline.report.example import (
    BUCKET,
    CONFIG,
    IMAGE,
    KEY,
    START,
    contents_of,
    deployment_of,
    evaluation_of,
    plan_of,
)


def groups_of(**changed: Any) -> dict[str, dict[str, str]]:
    return {group.title: group.values for group in gather(contents_of(**changed)).groups}


def test_the_facts_of_a_run() -> None:
    groups = groups_of()
    assert groups["Run"]["Bucket"] == BUCKET
    assert groups["Data"]["URL"] == "https://data.example.com/bank_clean.csv"
    assert groups["Data"]["SHA-256"] == "5a5a" * 16
    assert groups["Split"]["Test"] == "12,357, of which 1,421 positive"
    assert groups["Split"]["Seed"] == "1729"
    assert groups["Training"]["Job"] == KEY
    assert groups["Training"]["Image"] == IMAGE
    assert groups["Training"]["Took"] == "1\xa0min 14\xa0s"
    # 61 seconds at 0.28 USD an hour.
    assert groups["Cost"]["Training"] == "about 0.0047\xa0USD"
    # Seven minutes of an endpoint at 0.28 USD an hour.
    assert groups["Cost"]["Endpoint"] == "about 0.03\xa0USD"
    assert groups["Cost"]["Together"] == "about 0.04\xa0USD"
    assert groups["Cost"]["Prices"] == "on-demand prices of us-east-1, as of 2024"
    assert groups["Hyperparameters"]["num_round"] == "100"
    assert groups["Decision"]["Threshold"] == "0.5, by the rule fixed"


@pytest.mark.parametrize(
    ("sides", "told"),
    [
        (Sides(by="stratified"), "stratified: the shares of the label's values are equal on all sides"),
        (
            Sides(by="time", column="day", tested_from="2026-01-01"),
            "the newest rows by day are tested, from 2026-01-01 on",
        ),
        (
            Sides(by="group", column="machine", train_groups=70, test_groups=30),
            "all rows of one machine are on one side: 70 are trained on, 30 are tested",
        ),
        (Sides(by="hash", column="customer", train_groups=7, test_groups=3), "by hash of customer"),
        (Sides(by="hash"), "by hash of the features"),
    ],
    ids=lambda value: value.by if isinstance(value, Sides) else "",
)
def test_which_rows_are_tested_is_told(sides: Sides, told: str) -> None:
    split = contents_of().split.model_copy(update={"sides": sides})
    assert groups_of(split=split)["Split"]["Sides"] == told


def test_what_the_training_rows_have_decided_is_told() -> None:
    plan = plan_of()
    given = {"num_round": 10, "scale_pos_weight": "balanced"}
    split = contents_of().split.model_copy(update={"train_rows": 1000, "train_positives": 125})
    asked = plan.model_copy(update={"params": plan.params.model_copy(update={"hyperparameters": given})})
    told = groups_of(plan=asked, split=split)
    assert told["Hyperparameters"] == {"num_round": "10", "scale_pos_weight": "7.0, as balanced"}
    assert "Algorithm" not in told["Training"]
    told = groups_of(plan=plan.model_copy(update={"algorithm": "knn"}), split=split)
    assert told["Training"]["Algorithm"] == "k-NN"
    assert told["Hyperparameters"]["sample_size"] == "1000"


def test_sides_by_hash_are_told_of_a_run_of_an_earlier_version() -> None:
    table = TableConfig(label="y", split="hash", key="customer")
    plan = plan_of().model_copy(update={"table": table})
    assert groups_of(plan=plan)["Split"]["Sides"] == "by hash of customer"
    assert "Sides" not in groups_of()["Split"]


def test_what_of_the_table_the_model_does_not_get_is_told() -> None:
    contents = contents_of()
    table = TableConfig.model_validate(
        {
            "label": "churned",
            "positive": "Yes",
            "leaks": ["refund", "reason"],
            "columns": {"plan": "category", "notes": "text", "customer": "identifier"},
        }
    )
    encoding = EncodedFeatures(
        sha256="e1" * 32, features={"plan": ("plan_a",)}, unseen_rows={"plan": 12, "city": 0}
    )
    split = groups_of(
        plan=plan_of().model_copy(update={"table": table}),
        split=contents.split.model_copy(update={"encoding": encoding}),
    )["Split"]
    assert split["Positive label"] == "Yes"
    assert split["Left out, known only afterwards"] == "refund, reason"
    assert split["Left out, free text"] == "notes"
    assert split["Identifiers, beside the predictions"] == "customer"
    assert split["Made of categories and dates"] == "plan"
    assert split["SHA-256 of encoding.json"] == "e1" * 32
    assert split["Values that no training row has"] == "plan in 12 rows, city in fewer than 10 rows"
    # Of a table of numbers, nothing of it is told.
    assert len(groups_of()["Split"]) == len(split) - 7


def test_a_source_that_tells_little() -> None:
    contents = contents_of()
    raw = contents.raw.model_copy(update={"etag": None, "last_modified": None})
    data = next(group for group in gather(contents_of(raw=raw)).groups if group.title == "Data")
    assert (data.values["ETag"], data.values["Last modified"]) == ("none given", "not told")


def test_a_price_that_nobody_knows_is_not_told() -> None:
    params = CONFIG.params.model_copy(
        update={"training_instance_type": "ml.z9.huge", "endpoint_instance_type": "ml.z9.huge"}
    )
    contents = contents_of(plan=plan_of(params))
    costs = next(group for group in gather(contents).groups if group.title == "Cost").values
    assert (costs["Training"], costs["Endpoint"], costs["Together"]) == ("price not known",) * 3
    assert [row.cost for row in deployment.gather(contents).rows] == [None, None, None]


def test_the_data_interval_is_told_where_the_run_has_one() -> None:
    plan = plan_of()
    interval = {"interval_start": START - timedelta(days=1), "interval_end": START}
    dated = plan.model_copy(update={"identity": plan.identity.model_copy(update=interval)})
    assert groups_of(plan=dated)["Run"]["Data interval"] == (
        "2026-11-22 06:00:00 UTC to 2026-11-23 06:00:00 UTC"
    )
    assert "Data interval" not in groups_of()["Run"]


@pytest.mark.parametrize(
    ("allowed", "previous", "told"),
    [
        (None, None, {"Largest drop of ROC AUC": "not asked"}),
        (0.01, None, {"Largest drop of ROC AUC": "0.01", "Last accepted model": "none before this one"}),
        (
            0.01,
            PreviousModel(run_id="earlier", roc_auc=0.75),
            {
                "Largest drop of ROC AUC": "0.01",
                "Last accepted model": "earlier",
                "Its ROC AUC": "0.7500 on the same test rows",
                "Change of ROC AUC": "\u22120.0200",
            },
        ),
        (
            0.01,
            PreviousModel(run_id="earlier", roc_auc=None),
            {
                "Largest drop of ROC AUC": "0.01",
                "Last accepted model": "earlier",
                "Its ROC AUC": "not known: it was trained on other columns, or cannot be read",
            },
        ),
    ],
)
def test_the_last_accepted_model_is_told_where_it_was_asked(
    allowed: float | None, previous: PreviousModel | None, told: dict[str, str]
) -> None:
    plan = plan_of(CONFIG.params.model_copy(update={"max_roc_auc_drop": allowed}))
    decision = groups_of(plan=plan, evaluation=evaluation_of(roc_auc=0.73, previous=previous))["Decision"]
    assert dict(list(decision.items())[5:]) == told


def test_the_job_of_a_model_that_is_used_again_is_another_runs() -> None:
    groups = groups_of(reused_from="earlier")
    training = groups["Training"]
    assert training["Trained by"] == "earlier"
    assert training["Job"] == KEY
    assert training["Took"] == "1\xa0min 14\xa0s"
    assert groups["Cost"]["Training"] == "nothing this time: the job was billed when it ran"
    # The endpoint was there to be kept.
    assert groups["Cost"]["Together"] == groups["Cost"]["Endpoint"] == "about 0.03\xa0USD"
    # This run's Params may name other instances than those that the model was trained on.
    assert "Instances" not in training
    assert "Trained by" not in groups_of()["Training"]


@pytest.mark.parametrize(
    ("billable", "training", "is_spot", "saved"),
    [
        (100, 500, True, "80\xa0% of the on-demand price"),
        (61, 61, True, "0\xa0% of the on-demand price"),
        (50, 200, True, "75\xa0% of the on-demand price"),
        (61, 61, False, None),
        (61, None, True, None),
    ],
)
def test_what_spot_saved_is_told_of_a_spot_job(
    billable: int, training: int | None, is_spot: bool, saved: str | None
) -> None:
    job = contents_of().training.model_copy(
        update={"billable_seconds": billable, "training_seconds": training, "is_spot": is_spot}
    )
    costs = groups_of(training=job)["Cost"]
    assert costs.get("Spot saved") == saved
    # What is billed, at the price on demand.
    assert costs["Training"] == f"about {formats.usd(billable / 3600 * 0.28)}"


@pytest.mark.parametrize(
    ("deployed", "endpoint", "together"),
    [
        ((), None, None),
        ((deployment_of("model"),), None, None),
        ((deployment_of("endpoint", created=None, deleted=None),), None, None),
        ((deployment_of("endpoint", up=timedelta(hours=1)),), "about 0.28\xa0USD", "about 0.28\xa0USD"),
        ((deployment_of("endpoint", up=timedelta(hours=10)),), "about 2.80\xa0USD", "about 2.80\xa0USD"),
        # The worker's clock is behind AWS's.
        ((deployment_of("endpoint", up=timedelta(minutes=-9)),), "about 0.00\xa0USD", "about 0.0047\xa0USD"),
        (
            # Made at 6:03; the report is of 6:12.
            (deployment_of("endpoint", deleted=None, is_there=True),),
            "about 0.04\xa0USD",
            "about 0.05\xa0USD",
        ),
    ],
)
def test_the_endpoint_is_counted_for_as_long_as_it_is_known_to_have_been_there(
    deployed: tuple[Any, ...], endpoint: str | None, together: str | None
) -> None:
    costs = groups_of(deployed=deployed)["Cost"]
    assert (costs.get("Endpoint"), costs.get("Together")) == (endpoint, together)


@pytest.mark.parametrize(
    ("region", "told"),
    [
        ("us-east-1", ("about 0.0047\xa0USD", "on-demand prices of us-east-1, as of 2024")),
        ("eu-west-1", ("price not known", "on-demand prices of eu-west-1, as of 2023-12")),
        ("eu-central-1", ("price not known", "no price of eu-central-1 is known")),
    ],
)
def test_prices_are_those_of_the_runs_region(region: str, told: tuple[str, str]) -> None:
    plan = plan_of()
    elsewhere = plan.model_copy(update={"identity": plan.identity.model_copy(update={"region": region})})
    costs = groups_of(plan=elsewhere)["Cost"]
    assert (costs["Training"], costs["Prices"]) == told


def test_a_processing_job_that_split_the_table_is_told_and_priced() -> None:
    job = SplitJob(name=KEY, instance_type="ml.m5.xlarge", seconds=360, packages={})
    split = contents_of().split.model_copy(update={"job": job})
    told = groups_of(split=split)
    assert told["Split"]["Processing job"] == f"{KEY}, on ml.m5.xlarge, billable 6\xa0min 0\xa0s"
    # 360 seconds at 0.23 USD an hour, beside 0.04 USD without it.
    assert told["Cost"]["Split"] == "about 0.02\xa0USD"
    assert told["Cost"]["Together"] == "about 0.06\xa0USD"
    unpriced = split.model_copy(update={"job": job.model_copy(update={"instance_type": "ml.r5.large"})})
    assert groups_of(split=unpriced)["Cost"]["Together"] == "price not known"
    # It was another run's.
    assert "Split" not in groups_of(split=split, reused_from="earlier")["Cost"]
    assert "Split" not in groups_of()["Cost"]


def test_the_estimate_stands_beside_what_it_did_cost() -> None:
    cost = CostEstimate(
        training_at_most=0.28,
        training_about=0.005,
        training_as_in="earlier",
        endpoint_at_most=0.35,
        endpoint_about=0.05,
        kept_endpoint_a_day=None,
        unknown=(),
        prices_as_of="2024",
    )
    told = groups_of(plan=plan_of().model_copy(update={"cost": cost}))["Cost"]["Estimated before"]
    assert told == "about 0.06\xa0USD, at most 0.63\xa0USD"
    assert "Estimated before" not in groups_of()["Cost"]


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"network_isolation": False}, {"network_isolation": "no"}),
        ({"volume_gb": 100}, {"volume_gb": "100"}),
        (
            {"vpc": {"subnets": ["subnet-1", "subnet-2"], "security_groups": ["sg-1"]}},
            {"vpc.subnets": "subnet-1, subnet-2", "vpc.security_groups": "sg-1"},
        ),
        ({"keys": {"objects": "alias/data"}}, {"keys.objects": "alias/data"}),
        (
            {"spot": {"max_wait_seconds": 7200}, "tags": {"team": "data"}},
            {"spot.max_wait_seconds": "7200", "tags.team": "data"},
        ),
        ({"keep_alive_seconds": 900}, {"keep_alive_seconds": "900"}),
    ],
)
def test_settings_are_told_where_they_are_not_at_their_default(
    settings: dict[str, Any], told: dict[str, str]
) -> None:
    plan = plan_of().model_copy(update={"aws": AwsSettings.model_validate(settings)})
    groups = groups_of(plan=plan)
    assert groups["AWS settings"] == told
    warm = "not counted: its instances are billed for up to 15\xa0min 0\xa0s more"
    assert groups["Cost"].get("Warm pool") == (warm if "keep_alive_seconds" in settings else None)
    assert "AWS settings" not in groups_of()
