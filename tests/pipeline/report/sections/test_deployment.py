from datetime import timedelta
from typing import Any

import pytest

from include.pipeline.report.page import render_report
from include.pipeline.report.sections.deployment import gather
from tests.pipeline.report.example import CONFIG, KEY, contents_of, deployment_of, plan_of
from tests.pipeline.report.page_reader import Page

ABSENT: dict[str, Any] = {"created": None, "deleted": None}
DASH = "\u2013"


def test_only_the_endpoint_is_billed() -> None:
    endpoint, configuration, model = gather(contents_of()).rows
    assert endpoint.cost == pytest.approx(0.28 * 7 / 60)
    assert (configuration.cost, model.cost) == (None, None)
    assert {row.state for row in (endpoint, configuration, model)} == {"Deleted"}
    assert endpoint.up == timedelta(minutes=7)


@pytest.mark.parametrize(("keep", "state"), [(False, "Still there"), (True, "There, kept as asked")])
def test_what_is_left_behind_is_told(keep: bool, state: str) -> None:
    there = deployment_of("endpoint", deleted=None, is_there=True)
    plan = plan_of(CONFIG.params.model_copy(update={"keep_endpoint": keep}))
    (row,) = gather(contents_of(plan=plan, deployed=(there,))).rows
    assert row.state == state
    assert row.up == timedelta(minutes=9)


@pytest.mark.parametrize(
    ("reused_from", "keep", "changed", "state"),
    [
        ("earlier", False, ABSENT, "Not deployed: model used again"),
        ("earlier", True, ABSENT, "Was gone already"),
        ("earlier", True, ABSENT | {"is_there": True}, "There, kept as asked"),
        ("earlier", False, {}, "Deleted"),
        (None, False, ABSENT, "Was gone already"),
    ],
)
def test_a_model_that_is_used_again_is_deployed_only_to_be_kept(
    reused_from: str | None, keep: bool, changed: dict[str, Any], state: str
) -> None:
    plan = plan_of(CONFIG.params.model_copy(update={"keep_endpoint": keep}))
    deployed = (deployment_of("endpoint", **changed),)
    (row,) = gather(contents_of(plan=plan, deployed=deployed, reused_from=reused_from)).rows
    assert row.state == state


@pytest.mark.slow
def test_the_resources_are_accounted_for() -> None:
    there = deployment_of("endpoint", deleted=None, is_there=True)
    gone = deployment_of("model", created=None, deleted=None)
    rows = Page.read(render_report(contents_of(deployed=(there, gone)))).table(
        "As of 2026-11-23 06:12:00 UTC"
    )
    # ml.m4.xlarge costs 0.28 USD an hour, and was there for nine minutes.
    assert rows[1] == [
        f"Endpoint {KEY}", "Still there", "2026-11-23 06:03:00 UTC", DASH, "9 min 0 s", "0.04 USD",
    ]  # fmt: skip
    assert rows[2] == [f"Model {KEY}", "Was gone already", DASH, DASH, DASH, DASH]
    assert "Nothing was deployed." in Page.read(render_report(contents_of(deployed=()))).text


def test_a_kept_endpoint_says_what_it_costs_a_day_and_how_it_is_asked() -> None:
    there = deployment_of("endpoint", deleted=None, is_there=True, state="InService")
    plan = plan_of(CONFIG.params.model_copy(update={"keep_endpoint": True}))
    beside = ("other, InService, of bank_marketing manual__1, since 2026-11-22 06:00 UTC, 6.72 USD a day",)
    kept = gather(
        contents_of(plan=plan, deployed=(there,), example_row="56,999,4.857", kept_beside=beside)
    ).kept
    assert kept is not None
    # 24 hours of 0.28 USD.
    assert kept.usd_per_day == pytest.approx(6.72)
    assert (kept.call.columns, kept.call.is_real) == (("age", "pdays", "euribor3m"), True)
    assert kept.beside == beside


@pytest.mark.parametrize(("keep", "is_there"), [(True, False), (False, True)])
def test_what_is_gone_or_was_not_to_stay_is_not_offered(keep: bool, is_there: bool) -> None:
    plan = plan_of(CONFIG.params.model_copy(update={"keep_endpoint": keep}))
    deployed = (deployment_of("endpoint", deleted=None, is_there=is_there),)
    assert gather(contents_of(plan=plan, deployed=deployed)).kept is None


@pytest.mark.slow
def test_the_page_shows_calls_deletion_and_the_other_kept_endpoints() -> None:
    there = deployment_of("endpoint", deleted=None, is_there=True, state="InService")
    plan = plan_of(CONFIG.params.model_copy(update={"keep_endpoint": True}))
    contents = contents_of(
        plan=plan, deployed=(there,), example_row="56,999,4.857", kept_beside=("other-endpoint, InService",)
    )
    text = Page.read(render_report(contents)).text
    for expected in (
        f"{KEY} is InService since 2026-11-23 06:03:00 UTC and costs 6.72 USD a day",
        "by the DAG Delete a kept endpoint",
        "other-endpoint, InService",
        "row = '56,999,4.857'",
        "aws sagemaker-runtime invoke-endpoint --region us-east-1",
        f"aws sagemaker delete-endpoint --region us-east-1 --endpoint-name {KEY}",
        "The 3 columns of a row, in their order",
    ):
        assert expected in text.replace("\u00a0", " ")
    assert "The endpoint is kept" not in Page.read(render_report(contents_of())).text
