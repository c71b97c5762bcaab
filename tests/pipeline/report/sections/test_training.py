import pytest

from include.pipeline.report.page import render_report
from tests.pipeline.report.example import contents_of, evaluation_of
from tests.pipeline.report.page_reader import Page

# Each draws all plots.
pytestmark = pytest.mark.slow


def test_without_a_training_curve_it_says_why() -> None:
    page = Page.read(render_report(contents_of(evaluation=evaluation_of(training_curve={}))))
    assert "No training curve: the job" in page.text


def test_each_metric_of_the_log_has_its_plot() -> None:
    curve = {"train-auc": (0.7,), "train-error": (0.2, 0.1), "validation-error": (0.3, 0.2), "train-none": ()}
    page = Page.read(render_report(contents_of(evaluation=evaluation_of(training_curve=curve))))
    spoken = [plot.attributes["aria-label"] for plot in page.plots()]
    assert [text.partition(" by training round")[0] for text in spoken if "training round" in text] == [
        "auc",
        "error",
    ]
