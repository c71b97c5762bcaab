import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.pipeline.documents.metrics import ThresholdFigures
from include.pipeline.documents.table.costs import OutcomeValues
from include.pipeline.evaluation.binary.thresholds import GRID, best_threshold, break_even, threshold_figures
from include.pipeline.figures.confusion_matrix import ConfusionMatrix
from include.pipeline.figures.scored_rows import ScoredRows

COSTS = OutcomeValues.of_action(2.0, 10.0)
LABELS = np.array([0, 0, 0, 0, 1, 1])
SCORES = np.array([0.1, 0.4, 0.5, 0.2, 0.5, 0.3])


def test_the_grid_is_every_hundredth_between_0_and_1() -> None:
    assert len(GRID) == 99
    assert (GRID[0], GRID[49], GRID[-1]) == (0.01, 0.5, 0.99)


def test_each_threshold_is_worked_out_as_by_hand() -> None:
    low, high, never = threshold_figures(ScoredRows(LABELS, SCORES, 0.5), (0.3, 0.5, 0.6), COSTS)
    # At 0.3 four are called: 0.4, 0.5 and the two yeses.
    assert low == ThresholdFigures(
        threshold=0.3,
        confusion_matrix=ConfusionMatrix(tn=2, fp=2, fn=0, tp=2),
        precision=1 / 2,
        recall=1.0,
        f1=2 * 2 / (2 * 2 + 2),
        profit=2 * 10 - 4 * 2,
    )
    assert (high.precision, high.recall, high.f1, high.profit) == (0.5, 0.5, 0.5, 10 - 2 * 2)
    assert (never.precision, never.recall, never.f1, never.profit) == (None, 0, 0, 0)


def rows(labels: list[int], scores: list[float]) -> ScoredRows:
    return ScoredRows(np.array(labels), np.array(scores), 0.5)


CALLED = rows([0, 1, 0, 1, 1], [0.1, 0.2, 0.3, 0.625, 0.7])


def test_the_best_of_the_test_rows_says_that_these_decided() -> None:
    best = best_threshold("profit", test=CALLED, validation=None, costs=COSTS)
    # From 0.2 on, three deposits for four calls; two for two calls are 16.
    assert (best.chosen_on, best.test.threshold, best.test.profit) == ("test", 0.2, 3 * 10 - 4 * 2)


def test_validation_rows_decide_where_there_are_any_and_the_test_rows_tell_what_it_gives() -> None:
    deciding = rows([0, 0, 1, 1], [0.2, 0.3, 0.65, 0.9])
    best = best_threshold("profit", test=CALLED, validation=deciding, costs=COSTS)
    assert (best.chosen_on, best.test.threshold) == ("validation", 0.6)
    assert (best.test.confusion_matrix.predicted_positive, best.test.profit) == (2, 2 * 10 - 2 * 2)


@pytest.mark.parametrize(
    ("below", "score", "threshold"),
    [(0.6, 0.7, 0.7), (0.41, 0.4567, 0.45), (0.4566, 0.4567, 0.4567), (0.0, 0.0037, 0.003), (0.2, 1.0, 1.0)],
)
def test_it_is_the_shortest_number_that_calls_the_same_rows(
    below: float, score: float, threshold: float
) -> None:
    found = rows([0, 1, 1], [below, score, 1.0])
    assert best_threshold("f1", test=found, validation=None, costs=COSTS).test.threshold == threshold
    assert below < threshold <= score


@pytest.mark.long
@given(
    st.lists(st.tuples(st.booleans(), st.floats(0, 1, width=32)), min_size=2, max_size=60).filter(
        lambda rows: len({label for label, _ in rows}) == 2
    ),
    st.integers(0, 12),
)
def test_no_score_that_occurs_gives_more_than_the_best(made: list[tuple[bool, float]], cost: int) -> None:
    scored = rows([int(label) for label, _ in made], [score for _, score in made])
    costs = OutcomeValues.of_action(float(cost), 10.0)
    best = {
        name: best_threshold(name, test=scored, validation=None, costs=costs).test
        for name in ("f1", "profit")
    }
    tried = threshold_figures(scored, [score for _, score in made], costs)
    assert best["f1"].f1 == pytest.approx(max(each.f1 for each in tried))
    assert best["profit"].profit == pytest.approx(max(0, *(each.profit for each in tried)))
    # Of equals, the fewest are called.
    as_good = [each for each in tried if each.profit == best["profit"].profit]
    fewest = min((each.confusion_matrix.predicted_positive for each in as_good), default=0)
    called = best["profit"].confusion_matrix.predicted_positive
    assert called == (fewest if best["profit"].profit > 0 else 0)


def test_a_rare_event_has_its_best_threshold_below_the_first_hundredth() -> None:
    scores = np.concatenate([np.linspace(0.0001, 0.0040, 990), np.linspace(0.0041, 0.009, 10)])
    found = ScoredRows(np.repeat([0, 1], [990, 10]), scores, 0.5)
    best = best_threshold("profit", test=found, validation=None, costs=COSTS).test
    assert (best.threshold, best.profit) == (0.0041, 10 * 10 - 10 * 2)


@pytest.mark.parametrize(
    "costs",
    [OutcomeValues.of_action(10.0, 10.0), OutcomeValues.of_action(0.0, 0.0)],
    ids=["a call costs what a deposit is worth", "all is worth the same: nothing"],
)
def test_where_no_call_pays_nobody_is_called(costs: OutcomeValues) -> None:
    best = best_threshold("profit", test=CALLED, validation=None, costs=costs).test
    assert best.calls_nobody
    assert (best.confusion_matrix.predicted_positive, best.profit) == (0, 0)
    assert not best_threshold("f1", test=CALLED, validation=None, costs=costs).test.calls_nobody


@pytest.mark.parametrize(
    ("cost", "threshold", "called"), [(2.0, 0.2, 4), (6.25, 0.625, 2), (0.0, 0.0, 5), (11.0, 2.0, 0)]
)
def test_a_call_pays_from_cost_by_value_on(cost: float, threshold: float, called: int) -> None:
    found = break_even(CALLED, OutcomeValues.of_action(cost, 10.0))
    assert found is not None
    assert (found.threshold, found.confusion_matrix.predicted_positive) == (threshold, called)
    assert found.calls_nobody is (called == 0)


def test_without_a_value_nothing_breaks_even() -> None:
    assert break_even(CALLED, OutcomeValues.of_action(2.0, 0.0)) is None


def test_the_values_of_all_four_outcomes_decide() -> None:
    # A miss costs 30: from 0.2 on all three positives are found, and one negative in vain.
    costs = OutcomeValues(true_positive=10, false_positive=-8, true_negative=1, false_negative=-30)
    best = best_threshold("profit", test=CALLED, validation=None, costs=costs).test
    assert (best.threshold, best.profit) == (0.2, 3 * 10 - 8 + 1)
    found = break_even(CALLED, costs)
    assert found is not None
    # p * (10 + 30) = (1 - p) * (1 + 8)
    assert found.threshold == pytest.approx(9 / 49)


def test_to_act_on_none_is_best_where_it_brings_more_than_any_threshold() -> None:
    costs = OutcomeValues(true_positive=1, false_positive=-50, true_negative=5, false_negative=0.9)
    best = best_threshold("profit", test=rows([0, 1], [0.5, 0.5]), validation=None, costs=costs).test
    assert (best.calls_nobody, best.profit) == (True, 5.9)


def test_without_costs_there_is_no_profit() -> None:
    (found,) = threshold_figures(CALLED, (0.3,), None)
    assert found.profit is None
