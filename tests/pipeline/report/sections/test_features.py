import pytest

from include.pipeline.report.page import render_report
from tests.pipeline.report.example import FEATURES, contents_of, evaluation_of
from tests.pipeline.report.page_reader import Page

# Each draws all plots.
pytestmark = pytest.mark.slow


def test_without_features_it_says_why() -> None:
    page = Page.read(render_report(contents_of(evaluation=evaluation_of(features=()))))
    assert "the model that image version 3.2-0 wrote cannot be read here" in page.text


def test_more_columns_than_fit_are_left_out() -> None:
    many = tuple(FEATURES[0].model_copy(update={"name": f"column {row}"}) for row in range(400))
    html = render_report(contents_of(evaluation=evaluation_of(features=many)))
    assert "of 400 columns" in html
    assert html.count("column 14") == 3  # in both plots and the table
    assert "column 15" not in html
