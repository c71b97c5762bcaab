import pytest

from tests.pipeline.report.example import evaluation_of
from tests.pipeline.report.page_reader import Page

# Each draws all plots.
pytestmark = pytest.mark.slow


def test_the_confusion_matrix_has_percentages_both_ways(page: Page) -> None:
    matrix = evaluation_of().confusion_matrix
    assert (matrix.tn, matrix.fp, matrix.fn, matrix.tp) == (129, 41, 15, 15)
    # Of 144 predicted negatives and 56 predicted positives.
    assert page.table("of the rows with the same prediction") == [
        ["Observed", "Predicted negative", "Predicted positive"],
        ["Negative", "90 % (129)", "73 % (41)"],
        ["Positive", "10 % (15)", "27 % (15)"],
    ]
    # Of 170 negatives and 30 positives.
    assert page.table("of the rows with the same label") == [
        ["Observed", "Predicted negative", "Predicted positive"],
        ["Negative", "76 % (129)", "24 % (41)"],
        ["Positive", "50 % (15)", "50 % (15)"],
    ]
    assert "27 % of the predicted positives are positive (precision)" in page.text
    assert "90 % of the predicted negatives are negative" in page.text
    assert "of the positives, 50 % are predicted positive (recall)" in page.text
    assert "of the negatives, 24.1 % are (false positive rate)" in page.text
