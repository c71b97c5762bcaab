import numpy as np
import pytest

from tests.pipeline.report.example import LABELS, SCORES
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
