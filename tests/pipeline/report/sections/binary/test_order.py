"""The report's section on the order of the rows."""

from typing import Any

import pytest

from include.pipeline.documents.split import HeldOutFigures, RowOrder
from include.pipeline.report.page import render_report
from tests.pipeline.report.example import contents_of
from tests.pipeline.report.page_reader import Page

# Each draws all plots.
pytestmark = pytest.mark.slow

ORDER = RowOrder(
    rates=(0.028, 0.03, 0.05, 0.05, 0.07, 0.07, 0.06, 0.1, 0.21, 0.459),
    chance=1e-99,
    carries_label=True,
    train_fraction=0.7,
    rows=41_188,
    by_order=HeldOutFigures(roc_auc=0.682, log_loss=0.712),
    shuffled=HeldOutFigures(roc_auc=0.777, log_loss=0.29),
)


def page_of(order: RowOrder | None, **changed: Any) -> Page:
    contents = contents_of()
    given = order and order.model_copy(update=changed)
    split = contents.split.model_copy(update={"order": given})
    return Page.read(render_report(contents_of(split=split)))


def test_both_figures_stand_beside_each_other() -> None:
    page = page_of(ORDER)
    assert "The order of the rows carries the label." in page.text
    assert page.table("A small model, trained twice with fixed settings on every row.")[1:] == [
        ["Shuffled, as this run", "0.777", "0.290"],
        ["By order: the first rows, then the last", "0.682", "0.712"],
    ]
    spoken = [plot.attributes["aria-label"] for plot in page.plots()]
    assert any("from its first rows to its last: 2.8\u00a0%, 3.0\u00a0%" in words for words in spoken)


def test_where_the_newest_rows_are_tested_the_figures_are_not_called_shuffled() -> None:
    contents = contents_of()
    table = contents.plan.table.model_copy(update={"split": "time", "time": "day"})
    plan = contents.plan.model_copy(update={"table": table})
    split = contents.split.model_copy(update={"order": ORDER})
    page = Page.read(render_report(contents_of(plan=plan, split=split)))
    assert "the figures of this report are of the newest rows by the column day." in page.text
    assert " on the newest rows." in page.text
    assert "Shuffled, as this run" not in page.text


def test_of_a_large_table_it_is_said_how_many_rows_were_taken() -> None:
    assert page_of(ORDER, rows=9000).table("with fixed settings on 9,000 rows from all over the file")


def test_a_file_sorted_by_the_label_has_no_figures() -> None:
    page = page_of(ORDER, by_order=None, shuffled=None, rows=0)
    assert "There are no figures by order" in page.text
    assert "A small model" not in page.text


def test_an_order_that_says_nothing_is_one_sentence() -> None:
    page = page_of(ORDER, carries_label=False, by_order=None, shuffled=None)
    assert "its order says nothing of the label" in page.text
    assert not any("first rows to its last" in plot.attributes["aria-label"] for plot in page.plots())


def test_a_split_of_an_earlier_version_has_no_such_section() -> None:
    assert "Order of the rows" not in page_of(None).text
