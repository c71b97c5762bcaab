import re

import numpy as np
import pytest

from include.pipeline.documents.table.costs import OutcomeValues
from include.pipeline.documents.table.words import Words
from include.pipeline.report.page import render_report
from tests.pipeline.report.example import CONFIG, LABELS, SCORES, contents_of, evaluation_of, plan_of
from tests.pipeline.report.page_reader import Page

# Each draws all plots.
pytestmark = pytest.mark.slow


def test_it_answers_whom_to_call(page: Page) -> None:
    highest = np.argsort(-SCORES, kind="stable")[:40]
    reached = LABELS[highest].sum() / 30
    assert f"Calling the top 20 % of customers (40 by score) reaches {100 * reached:.0f} % of" in page.text
    assert f"{reached / 0.2:.1f} times as many as calls at random" in page.text
    tenths = page.table("Test rows in tenths")
    assert len(tenths) == 11
    assert tenths[-1][-1] == "100.0 %"


def test_the_words_are_those_of_the_pipeline() -> None:
    contents = contents_of(plan=plan_of().model_copy(update={"words": Words(row="machine", act="inspect")}))
    html = render_report(contents)
    text = Page.read(html).text
    assert "Which machines to inspect" in text
    assert "Inspecting the top 20 % of machines (40 by score) reaches" in text
    assert "times as many as inspects at random" in text
    assert "Cost of an inspect5" in text
    # Alternatives of plots and attributes too; the two Params are named after the tutorial's calls.
    told = html.replace("call_cost", "").replace("deposit_value", "")
    assert re.findall(r"(?i)\b(?:customers?|call(?:s|ed|ing)?|deposits?|nobody|purchase)\b", told) == []


def test_without_costs_no_profit_is_told() -> None:
    params = CONFIG.params.model_copy(update={"call_cost": None, "deposit_value": None})
    rows = [row.model_copy(update={"profit": None}) for row in evaluation_of().thresholds]
    evaluation = evaluation_of(best_profit=None, thresholds=tuple(rows))
    text = Page.read(render_report(contents_of(plan=plan_of(params), evaluation=evaluation))).text
    assert "No profit is told: the pipeline\u2019s YAML file has no costs" in text
    assert "F1 is best at" in text
    assert len(re.findall("(?i)profit", text)) == 1


def test_four_values_are_told_where_there_are_four() -> None:
    costs = OutcomeValues(true_positive=45, false_positive=-5, true_negative=1, false_negative=-20)
    params = CONFIG.params.model_copy(update={"call_cost": None, "deposit_value": None})
    plan = plan_of(params).model_copy(update={"costs": costs})
    text = Page.read(render_report(contents_of(plan=plan))).text
    told = "a true positive brings 45, a false positive \u22125, a true negative 1, a false negative \u221220"
    assert told in text
    assert "Value of a false negative\u221220" in text
