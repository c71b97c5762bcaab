"""Several algorithms beside each other in the report, and what all of them cost."""

from dataclasses import replace

import pytest

from include.pipeline.documents.training.contest import ContenderResult, Contest
from include.pipeline.figures.interval import Interval
from include.pipeline.report.contents import ReportContents
from include.pipeline.report.page import render_report
from include.pipeline.report.sections.contenders import gather
from include.pipeline.report.sections.run import gather as gather_run
from tests.pipeline.report.example import contents_of
from tests.pipeline.report.page_reader import Page

BEST = ContenderResult(
    algorithm="xgboost",
    job_name="job-xgboost",
    billable_seconds=61,
    endpoint_seconds=420,
    figures={"roc_auc": 0.8123, "log_loss": 0.31, "brier_skill": None},
)
WORSE = ContenderResult(
    algorithm="knn",
    job_name="job-knn",
    billable_seconds=39,
    endpoint_seconds=300,
    figures={"roc_auc": 0.7021, "log_loss": 0.42, "brier_skill": 0.1},
    differences={"roc_auc": Interval(low=-0.151, high=-0.069), "log_loss": Interval(low=-0.02, high=0.24)},
)
FAILED = ContenderResult(algorithm="linear-learner", failure="Found: <b>Stopped</b>\nTo do: nothing")


def contents(*results: ContenderResult) -> ReportContents:
    contest = Contest(figure="roc_auc", rows=1234, chosen="xgboost", results=results)
    return replace(contents_of(), contest=contest)


@pytest.mark.long
def test_a_report_of_one_algorithm_has_no_such_section() -> None:
    assert gather(contents_of()) is None
    assert "Contenders" not in render_report(contents_of())


@pytest.mark.long
def test_each_has_a_row_with_its_figures_and_the_intervals_of_its_differences() -> None:
    page = Page.read(render_report(contents(FAILED, BEST, WORSE)))
    table = next(each for each in page.all("table") if "On 1,234 validation rows" in each.text)
    rows = [" ".join(row.text.split()) for row in page.all("tr") if row.text in table.text]
    titles, failed, best, worse = rows
    assert titles == "AlgorithmROC AUCLog lossBrier skill"
    # Text of elsewhere is text.
    assert failed == "Linear LearnerLeft out: Found: <b>Stopped</b> To do: nothing"
    assert best == "XGBoostchosen0.81230.3100\u2013"
    assert worse == "k-NN0.7021\u22120.1510 to \u22120.06900.4200\u22120.0200 to +0.24000.1000\u2013"
    assert "An algorithm whose job or endpoint failed was left out." in page.text


@pytest.mark.long
def test_it_says_where_chance_may_have_chosen() -> None:
    sure, unsure = "XGBoost has the best ROC AUC of them.", "XGBoost has the best ROC AUC of them; chance"
    assert sure in Page.read(render_report(contents(BEST, WORSE))).text
    near = WORSE.model_copy(update={"differences": {"roc_auc": Interval(low=-0.02, high=0.01)}})
    assert unsure in Page.read(render_report(contents(BEST, WORSE, near))).text
    equal = WORSE.model_copy(update={"differences": {}})
    assert unsure in Page.read(render_report(contents(BEST, equal))).text


def test_all_trainings_and_all_endpoints_are_paid_for() -> None:
    groups = {group.title: group.values for group in gather_run(contents(FAILED, BEST, WORSE)).groups}
    # 100 seconds, and 12 minutes, at 0.28 USD an hour; seven minutes of the run's own endpoint.
    assert groups["Cost"]["Training"] == "about 0.0078\xa0USD"
    assert groups["Cost"]["Endpoints of the contenders"] == "about 0.06\xa0USD"
    assert groups["Cost"]["Endpoint"] == "about 0.03\xa0USD"
    assert groups["Cost"]["Together"] == "about 0.10\xa0USD"
    assert groups["Training"]["Algorithm"] == "XGBoost"
    alone = {group.title: group.values for group in gather_run(contents_of()).groups}
    assert "Endpoints of the contenders" not in alone["Cost"]
    assert "Algorithm" not in alone["Training"]
