import dataclasses

import pytest

from include.pipeline.report.page import render_report
from tests.pipeline.report.example import FEATURES, contents_of, evaluation_of
from tests.pipeline.report.page_reader import Page

# Each draws all plots.
pytestmark = pytest.mark.slow


def test_without_features_it_says_why() -> None:
    page = Page.read(render_report(contents_of(evaluation=evaluation_of(features=()))))
    assert "the model that image version 3.2-0 wrote cannot be read or explained here" in page.text


def test_of_a_linear_model_it_says_that_there_are_no_splits() -> None:
    contents = contents_of(evaluation=evaluation_of(features=()))
    params = contents.plan.params.model_copy(update={"hyperparameters": {"booster": "gblinear"}})
    contents = dataclasses.replace(contents, plan=contents.plan.model_copy(update={"params": params}))
    page = Page.read(render_report(contents))
    assert "a linear model (booster = gblinear) has no splits, and so no gain" in page.text
    assert "cannot be read" not in page.text


def test_of_an_algorithm_without_explanations_it_says_so() -> None:
    contents = contents_of(evaluation=evaluation_of(features=()))
    contents = dataclasses.replace(contents, plan=contents.plan.model_copy(update={"algorithm": "knn"}))
    page = Page.read(render_report(contents))
    assert "A model of k-NN has none." in page.text
    assert "cannot be read" not in page.text


def test_one_hot_columns_are_one_bar_and_a_column_each_in_the_table() -> None:
    family = {"family": "month", "family_contribution": 0.5}
    features = (
        FEATURES[0].model_copy(update={"direction": -0.9}),
        FEATURES[1].model_copy(update={"direction": 0.1}),
        FEATURES[2].model_copy(update={"name": "month_may", "direction": 0.8, **family}),
        FEATURES[2].model_copy(update={"name": "month_jun", **family}),
    )
    page = Page.read(render_report(contents_of(evaluation=evaluation_of(features=features))))
    bars = next(plot for plot in page.plots() if "Mean |SHAP|" in plot.attributes["aria-label"])
    assert "of the 3 columns" in bars.attributes["aria-label"]
    assert "First is month (2 columns) with 0.5." in bars.attributes["aria-label"]
    rows = {row[0]: row[2] for row in page.table("most contributing")[1:]}
    assert rows == {
        "pdays": "lowers",
        "age": "either way",
        "month_may": "raises",
        "month_jun": "\u2013",
    }


@pytest.mark.parametrize(
    ("explained", "told"),
    [(None, "over the test rows:"), (99_000, "over 99,000 of the test rows, evenly spread over them:")],
)
def test_it_says_of_which_rows_the_contributions_are(explained: int | None, told: str) -> None:
    page = Page.read(render_report(contents_of(evaluation=evaluation_of(explained_rows=explained))))
    assert f"on average {told} the mean absolute SHAP value" in page.text


def test_more_columns_than_fit_are_left_out() -> None:
    many = tuple(FEATURES[0].model_copy(update={"name": f"column {row}"}) for row in range(400))
    html = render_report(contents_of(evaluation=evaluation_of(features=many)))
    assert "of 400 columns" in html
    assert html.count("column 14") == 3  # in both plots and the table
    assert "column 15" not in html
