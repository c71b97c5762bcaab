import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.pipeline.evaluation import evaluate
from include.pipeline.metrics import ConfusionMatrix

LABELS = np.array([0, 0, 0, 0, 1, 1])
SCORES = np.array([0.1, 0.4, 0.5, 0.2, 0.5, 0.3])


def test_a_small_evaluation_worked_out_by_hand() -> None:
    metrics = evaluate(LABELS, SCORES, threshold=0.5)
    assert metrics.confusion_matrix == ConfusionMatrix(tn=3, fp=1, fn=1, tp=1)
    assert metrics.rows == 6
    assert metrics.positives == 2
    assert metrics.accuracy == pytest.approx(4 / 6)
    assert metrics.baseline_accuracy == pytest.approx(4 / 6)
    assert metrics.precision == pytest.approx(1 / 2)
    assert metrics.recall == pytest.approx(1 / 2)
    assert metrics.f1 == pytest.approx(1 / 2)
    # Of the 8 pairs of a yes and a no, the yes of 0.5 beats three and ties one, that of 0.3 beats two.
    assert metrics.roc_auc == pytest.approx((3 + 0.5 + 2) / 8)
    # Going down the scores: at 0.5 one of two is a yes, at 0.3 two of four.
    assert metrics.average_precision == pytest.approx(1 / 2 * 1 / 2 + 1 / 2 * 2 / 4)


def test_a_model_that_never_says_yes_has_no_precision() -> None:
    metrics = evaluate(LABELS, np.full(6, 0.1), threshold=0.5)
    assert (metrics.precision, metrics.recall, metrics.f1) == (0, 0, 0)
    assert metrics.accuracy == metrics.baseline_accuracy


@given(
    st.lists(st.tuples(st.booleans(), st.floats(0, 1, width=32)), min_size=2, max_size=60).filter(
        lambda rows: len({label for label, _ in rows}) == 2
    ),
    st.floats(0.01, 0.99),
)
def test_the_figures_agree_with_their_definitions(rows: list[tuple[bool, float]], threshold: float) -> None:
    metrics = evaluate(
        np.array([int(label) for label, _ in rows]), np.array([score for _, score in rows]), threshold
    )
    counted = {
        (label, answer): sum(1 for seen, score in rows if seen == label and (score >= threshold) == answer)
        for label in (False, True)
        for answer in (False, True)
    }
    assert metrics.confusion_matrix == ConfusionMatrix(
        tn=counted[False, False], fp=counted[False, True], fn=counted[True, False], tp=counted[True, True]
    )
    assert metrics.accuracy == pytest.approx((counted[False, False] + counted[True, True]) / len(rows))
    yes = [score for label, score in rows if label]
    no = [score for label, score in rows if not label]
    wins = sum((a > b) + (a == b) / 2 for a in yes for b in no)
    assert metrics.roc_auc == pytest.approx(wins / (len(yes) * len(no)))
