from datetime import timedelta
from typing import Any

import pytest

from include.pipeline.documents.metrics import PreviousModel
from include.pipeline.report.sections import deployment
from include.pipeline.report.sections.run import gather
from tests.pipeline.report.example import (
    BUCKET,
    CONFIG,
    IMAGE,
    KEY,
    START,
    contents_of,
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
    data = next(group for group in gather(contents_of(raw=raw)).groups if group.title == "Data")
    assert (data.values["ETag"], data.values["Last modified"]) == ("none given", "not told")


def test_a_price_that_nobody_knows_is_not_told() -> None:
    params = CONFIG.params.model_copy(
        update={"training_instance_type": "ml.z9.huge", "endpoint_instance_type": "ml.z9.huge"}
    )
    contents = contents_of(plan=plan_of(params))
    training = next(group for group in gather(contents).groups if group.title == "Training")
    assert training.values["Cost"] == "price not known"
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
                "Its ROC AUC": "not known: it takes other columns, or cannot be read",
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
    training = groups_of(reused_from="earlier")["Training"]
    assert training["Trained by"] == "earlier"
    assert training["Job"] == KEY
    assert training["Took"] == "1\xa0min 14\xa0s"
    assert training["Cost"] == "nothing this time: the job was billed when it ran"
    # This run's Params may name other instances than those that the model was trained on.
    assert "Instances" not in training
    assert "Trained by" not in groups_of()["Training"]
