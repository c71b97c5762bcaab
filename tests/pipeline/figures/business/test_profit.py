import numpy as np
import pytest

from include.pipeline.documents.table.costs import OutcomeValues
from include.pipeline.figures.business.profit import profit_interval
from include.pipeline.figures.scored_rows import ScoredRows

RANDOM = np.random.default_rng(13)


def draw(rows: int = 3000, threshold: float = 0.2) -> ScoredRows:
    scores = RANDOM.beta(1, 7, rows)
    return ScoredRows((RANDOM.random(rows) < scores).astype(int), scores, threshold)


def profit(rows: ScoredRows) -> float:
    return 50 * rows.confusion_matrix.tp - 5 * rows.confusion_matrix.predicted_positive


@pytest.mark.long
def test_it_lies_around_the_profit_as_drawn_test_sets_do() -> None:
    rows = draw()
    found = profit_interval(rows, OutcomeValues.of_action(5, 50))
    assert found is not None
    assert (found.low + found.high) / 2 == pytest.approx(profit(rows))
    spread = np.std([profit(draw()) for _ in range(600)])
    assert found.high - found.low == pytest.approx(2 * 1.96 * spread, rel=0.12)


def test_of_one_call_nothing_is_told() -> None:
    rows = draw()
    highest, second = np.sort(rows.scores)[[-1, -2]]
    assert profit_interval(rows.at(highest), OutcomeValues.of_action(5, 50)) is None
    assert profit_interval(rows.at(second), OutcomeValues.of_action(5, 10)) is not None


def test_where_nothing_is_earned_and_nothing_spent_there_is_none() -> None:
    assert profit_interval(draw(), OutcomeValues.of_action(0, 0)) is None
