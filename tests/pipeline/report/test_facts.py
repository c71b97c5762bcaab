from datetime import timedelta

import pytest

from include.pipeline.report.facts import cost, deployment_rows, facts
from tests.pipeline.report.example import BUCKET, CONFIG, IMAGE, KEY, contents_of, deployment_of, plan_of


def test_the_facts_of_a_run() -> None:
    groups = {group.title: group.values for group in facts(contents_of())}
    assert groups["Run"]["Bucket"] == BUCKET
    assert groups["Data"]["URL"] == "https://data.example.com/bank_clean.csv"
    assert groups["Data"]["SHA-256"] == "5a5a" * 16
    assert groups["Split"]["Test"] == "12,357, of which 1,421 yes"
    assert groups["Split"]["Seed"] == "1729"
    assert groups["Training"]["Job"] == KEY
    assert groups["Training"]["Image"] == IMAGE
    assert groups["Training"]["Took"] == "1\xa0min 14\xa0s"
    # 61 seconds at 0.28 USD an hour.
    assert groups["Training"]["Cost"] == "about 0.0047\xa0USD"
    assert groups["Hyperparameters"]["num_round"] == "100"
    assert groups["Decision"]["Threshold"] == "0.5, by the rule fixed"


def test_a_source_that_tells_little() -> None:
    contents = contents_of()
    raw = contents.raw.model_copy(update={"etag": None, "last_modified": None})
    data = next(group for group in facts(contents_of(raw=raw)) if group.title == "Data")
    assert (data.values["ETag"], data.values["Last modified"]) == ("none given", "not told")


def test_a_price_that_nobody_knows_is_not_told() -> None:
    params = CONFIG.params.model_copy(
        update={"training_instance_type": "ml.z9.huge", "endpoint_instance_type": "ml.z9.huge"}
    )
    contents = contents_of(plan=plan_of(params))
    training = next(group for group in facts(contents) if group.title == "Training")
    assert training.values["Cost"] == "price not known"
    assert [row.cost for row in deployment_rows(contents)] == [None, None, None]


def test_instances_cost_together() -> None:
    two = {"InstanceType": "ml.m5.large", "InstanceCount": 2}
    assert cost(two, timedelta(minutes=30)) == pytest.approx(0.115)


def test_only_the_endpoint_is_billed() -> None:
    endpoint, configuration, model = deployment_rows(contents_of())
    assert endpoint.cost == pytest.approx(0.28 * 7 / 60)
    assert (configuration.cost, model.cost) == (None, None)
    assert {row.state for row in (endpoint, configuration, model)} == {"Deleted"}
    assert endpoint.up == timedelta(minutes=7)


@pytest.mark.parametrize(("keep", "state"), [(False, "Still there"), (True, "There, kept as asked")])
def test_what_is_left_behind_is_told(keep: bool, state: str) -> None:
    there = deployment_of("endpoint", deleted=None, is_there=True)
    plan = plan_of(CONFIG.params.model_copy(update={"keep_endpoint": keep}))
    (row,) = deployment_rows(contents_of(plan=plan, deployed=(there,)))
    assert row.state == state
    assert row.up == timedelta(minutes=9)
