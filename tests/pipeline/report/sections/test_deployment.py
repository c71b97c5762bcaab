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
