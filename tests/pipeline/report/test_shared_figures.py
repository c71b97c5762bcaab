import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.pipeline.documents.table.costs import OutcomeValues
from include.pipeline.report import shared_figures
from tests.pipeline.report.example import evaluation_of


@pytest.mark.long
@given(st.lists(st.tuples(st.booleans(), st.floats(0, 1)), min_size=2, max_size=60))
def test_the_reach_is_that_of_the_highest_fifth(rows: list[tuple[bool, float]]) -> None:
    labels = np.array([1, 0, *(int(label) for label, _ in rows)])
    scores = np.array([0.5, 0.5, *(score for _, score in rows)])
    reach = shared_figures.reach(evaluation_of(labels, scores).deciles)
    first = labels[np.argsort(-scores, kind="stable")[: reach.rows]]
    assert reach.called == pytest.approx(reach.rows / len(labels))
    assert reach.reached == pytest.approx(first.sum() / labels.sum())
    assert reach.lift == pytest.approx(first.mean() / labels.mean())


def test_the_threshold_in_force_has_a_profit_of_its_own() -> None:
    evaluation = evaluation_of()
    matrix = evaluation.confusion_matrix
    in_force = shared_figures.threshold_in_force(evaluation, OutcomeValues.of_action(2.5, 10.0))
    assert in_force.profit == 10 * matrix.tp - 2.5 * (matrix.tp + matrix.fp)
    assert in_force.threshold == 0.5
