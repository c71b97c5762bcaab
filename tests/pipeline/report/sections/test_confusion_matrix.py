import pytest

from tests.pipeline.report.example import evaluation_of
from tests.pipeline.report.page_reader import Page

# Each draws all plots.
pytestmark = pytest.mark.slow


def test_the_confusion_matrix_has_percentages_both_ways(page: Page) -> None:
    matrix = evaluation_of().confusion_matrix
    assert (matrix.tn, matrix.fp, matrix.fn, matrix.tp) == (129, 41, 15, 15)
    # Of 144 said no and 56 said yes.
    assert page.table("Of those predicted the same")[1:] == [
        ["No purchase", "90 % (129)", "73 % (41)"],
        ["Purchase", "10 % (15)", "27 % (15)"],
    ]
    # Of 170 noes and 30 yeses.
    assert page.table("Of those observed the same")[1:] == [
        ["No purchase", "76 % (129)", "24 % (41)"],
        ["Purchase", "50 % (15)", "50 % (15)"],
    ]
    assert "27 % of those said yes are one (precision)" in page.text
    assert "the model finds 50 % of the yeses (recall)" in page.text
