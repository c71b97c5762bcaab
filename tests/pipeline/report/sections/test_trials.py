"""The trials of a tuning job in the report, and what all of them cost."""

from dataclasses import replace
from typing import Any

import pytest

from include.pipeline.documents.training.tuning import Trial, Tuning
from include.pipeline.report.contents import ReportContents
from include.pipeline.report.page import render_report
from include.pipeline.report.sections.run import gather as gather_run
from include.pipeline.report.sections.trials import gather
from tests.pipeline.report.example import contents_of
from tests.pipeline.report.page_reader import Page


def trial(number: int, value: float | None, **others: Any) -> Trial:
    told = {
        "job_name": f"tuning-{number:03d}-1a2b3c4d",
        "hyperparameters": {"max_depth": str(number + 1), "eta": "0.12345678901234567"},
        "status": "Completed",
        "value": value,
        "billable_seconds": 40 + number,
    }
    return Trial(**(told | others))


FAILED = trial(3, None, status="Failed", failure="AlgorithmError: <b>eta</b>\nis wrong", billable_seconds=0)
TRIALS = (trial(1, 0.71), trial(2, 0.79), FAILED, trial(4, 0.75))
TUNING = Tuning(
    job_name="tuning",
    strategy="Bayesian",
    metric="validation:auc",
    direction="Maximize",
    best=TRIALS[1].job_name,
    trials=TRIALS,
)


def contents(tuning: Tuning = TUNING) -> ReportContents:
    return replace(contents_of(), tuning=tuning)


@pytest.mark.long
def test_a_report_of_given_hyperparameters_has_no_such_section() -> None:
    assert gather(contents_of()) is None
    assert "Trials" not in render_report(contents_of())


@pytest.mark.long
def test_each_trial_has_a_row_with_what_it_was_given_what_it_reached_and_what_it_is_billed_for() -> None:
    page = Page.read(render_report(contents()))
    table = page.table("Each trial: what it was given, its validation:auc, and the seconds")
    assert table == [
        ["Trial", "eta", "max_depth", "Metric", "Seconds"],
        ["1", "0.12346", "2", "0.7100", "41"],
        ["2best", "0.12346", "3", "0.7900", "42"],
        # Text of elsewhere is text.
        ["3", "0.12346", "4", "AlgorithmError: <b>eta</b> is wrong", "0"],
        ["4", "0.12346", "5", "0.7500", "44"],
    ]
    assert "the highest validation:auc on the" in page.text
    assert "the test rows, which had no part in the choice" in page.text


@pytest.mark.long
def test_the_plot_tells_the_best_so_far() -> None:
    (spoken,) = (
        plot.attributes["aria-label"]
        for plot in Page.read(render_report(contents())).plots()
        if "trials" in plot.attributes["aria-label"]
    )
    assert spoken == (
        "validation:auc of 3 trials, from 0.71 to 0.79; the first has 0.71, the best 0.79, by trial 2."
    )


@pytest.mark.long
def test_of_a_loss_the_lowest_is_the_best() -> None:
    lowest = TUNING.model_copy(
        update={"metric": "validation:rmse", "direction": "Minimize", "best": TRIALS[0].job_name}
    )
    page = Page.read(render_report(contents(lowest)))
    assert "the lowest validation:rmse on the" in page.text
    assert any("the best 0.71, by trial 1." in plot.attributes["aria-label"] for plot in page.plots())


@pytest.mark.parametrize("values", [(0.7,), (0.7, 0.7)])
def test_few_trials_are_drawn_too(values: tuple[float, ...]) -> None:
    found = tuple(trial(number, value) for number, value in enumerate(values, 1))
    section = gather(contents(TUNING.model_copy(update={"trials": found, "best": found[0].job_name})))
    assert section is not None
    assert section.plot is not None
    assert [row.is_best for row in section.rows] == [True, False][: len(values)]


def test_all_trials_are_paid_for_and_the_models_own_hyperparameters_are_told() -> None:
    groups = {group.title: group.values for group in gather_run(contents()).groups}
    # 127 seconds, at 0.28 USD an hour.
    assert groups["Cost"]["Training"] == "about 0.0099\xa0USD"
    assert groups["Training"]["Tuning job"] == "tuning, of 4 trials, billable 2\xa0min 7\xa0s"
    assert groups["Hyperparameters"]["max_depth"] == "3"
    assert groups["Hyperparameters"]["eta"] == "0.12345678901234567"
    alone = {group.title: group.values for group in gather_run(contents_of()).groups}
    assert "Tuning job" not in alone["Training"]
    assert alone["Hyperparameters"]["max_depth"] == "5"
