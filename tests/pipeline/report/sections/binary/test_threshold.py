import numpy as np
import pytest

from include.pipeline.documents.metrics import CALLS_NOBODY, BestThreshold
from include.pipeline.report import formats
from include.pipeline.report.page import render_report
from include.pipeline.report.sections.binary.threshold import gather
from tests.pipeline.report.example import LABELS, SCORES, at_threshold, contents_of, evaluation_of
from tests.pipeline.report.page_reader import Page

ABSENT = "\u2013"


@pytest.mark.slow
def test_thresholds_are_marked_where_they_matter(page: Page) -> None:
    rows = page.table("What a threshold gives")[1:]
    evaluation = evaluation_of()
    by_threshold = {row[0].split()[0]: row for row in rows}
    assert len(rows) == len(by_threshold)
    assert {f"{step * 0.05:.2f}" for step in range(1, 20)} <= set(by_threshold)
    assert by_threshold["0.50"][0] == "0.50 in force"
    # 50 for each of the 15 found, 5 for each of 56 calls.
    assert by_threshold["0.50"][1:] == ["56", "15", "26.8 %", "50.0 %", "0.349", "470"]
    assert "best F1" in by_threshold[f"{evaluation.best_f1.test.threshold:.2f}"][0]
    assert "best profit" in by_threshold[f"{evaluation.best_profit.test.threshold:.2f}"][0]
    # No row is predicted positive: there is no precision.
    assert by_threshold["0.95"][1:4] == ["0", "0", ABSENT]


@pytest.mark.slow
def test_a_threshold_between_the_listed_ones_is_listed() -> None:
    evaluation = evaluation_of(threshold=0.4567)
    page = Page.read(render_report(contents_of(evaluation=evaluation)))
    assert "0.4567 in force" in [row[0] for row in page.table("What a threshold gives")]


@pytest.mark.slow
def test_it_says_what_a_best_threshold_was_chosen_on(page: Page) -> None:
    assert "found on the test rows themselves, so these figures are optimistic" in page.text
    at_third = at_threshold(LABELS, SCORES, 0.3)
    chosen = BestThreshold(chosen_on="validation", test=at_third)
    evaluation = evaluation_of(best_f1=chosen, best_profit=chosen, validation_rows=5766)
    text = Page.read(render_report(contents_of(evaluation=evaluation))).text
    assert "chosen on 5,766 validation rows" in text
    assert "optimistic" not in text
    assert "found on these" not in text


@pytest.mark.slow
def test_it_says_so_where_nobody_should_be_called() -> None:
    nobody = BestThreshold(chosen_on="test", test=at_threshold(LABELS, SCORES, CALLS_NOBODY))
    evaluation = evaluation_of(best_profit=nobody, break_even=at_threshold(LABELS, SCORES, 0.1))
    page = Page.read(render_report(contents_of(evaluation=evaluation)))
    assert "profit by calling nobody: no threshold gives more than the calls cost" in page.text
    assert "best is to call nobody (found on these same rows)" in page.text
    by_mark = {row[0]: row[1:] for row in page.table("What a threshold gives")[1:]}
    # All positives that reach 0.1 pay their 50, each call costs its 5.
    called, reached = (SCORES >= 0.1).sum(), LABELS[SCORES >= 0.1].sum()
    profit = formats.money(50 * reached - 5 * called)
    at_tenth = by_mark["0.10 cost / value"]
    assert (at_tenth[0], at_tenth[1], at_tenth[-1]) == (str(called), str(reached), profit)
    best = by_mark["above every score best profit (found on these rows)"]
    assert best == ["0", "0", ABSENT, "0.0 %", "0.000", "0"]


def test_a_threshold_that_is_best_and_in_force_is_one_row() -> None:
    labels, scores = np.array([0, 0, 1, 1]), np.array([0.1, 0.2, 0.8, 0.9])
    evaluation = evaluation_of(labels, scores)
    best = at_threshold(labels, scores, 0.5)
    same = evaluation.best_f1.model_copy(update={"test": best})
    evaluation = evaluation.model_copy(update={"best_f1": same, "best_profit": same})
    marks = [
        row.marks for row in gather(contents_of(labels, scores, evaluation=evaluation)).rows if row.marks
    ]
    assert marks == [("in force", "best F1 (found on these rows)", "best profit (found on these rows)")]
