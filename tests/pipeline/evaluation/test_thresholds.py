import numpy as np

from include.pipeline.documents.config import load_config
from include.pipeline.documents.metrics import ThresholdFigures
from include.pipeline.evaluation.thresholds import GRID, best_threshold, threshold_figures
from include.pipeline.figures.confusion_matrix import ConfusionMatrix
from include.pipeline.figures.scored_rows import ScoredRows

PARAMS = load_config("bank_marketing").params.model_copy(update={"call_cost": 2.0, "deposit_value": 10.0})
LABELS = np.array([0, 0, 0, 0, 1, 1])
SCORES = np.array([0.1, 0.4, 0.5, 0.2, 0.5, 0.3])


def test_the_grid_is_every_hundredth_between_0_and_1() -> None:
    assert len(GRID) == 99
    assert (GRID[0], GRID[49], GRID[-1]) == (0.01, 0.5, 0.99)


def test_each_threshold_is_worked_out_as_by_hand() -> None:
    low, high, never = threshold_figures(ScoredRows(LABELS, SCORES, 0.5), (0.3, 0.5, 0.6), PARAMS)
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


def figures(*profits: float) -> list[ThresholdFigures]:
    matrix = ConfusionMatrix(tn=1, fp=1, fn=1, tp=1)
    return [
        ThresholdFigures(
            threshold=at / 10,
            confusion_matrix=matrix,
            precision=0.5,
            recall=0.5,
            f1=1 - at / 10,
            profit=profit,
        )
        for at, profit in enumerate(profits, start=1)
    ]


def test_the_best_of_the_test_rows_says_that_these_decided() -> None:
    best = best_threshold("profit", test=figures(1, 3, 2), validation=())
    assert (best.chosen_on, best.test.threshold, best.test.profit) == ("test", 0.2, 3)


def test_validation_rows_decide_where_there_are_any_and_the_test_rows_tell_what_it_gives() -> None:
    best = best_threshold("profit", test=figures(1, 3, 2), validation=figures(1, 2, 9))
    assert (best.chosen_on, best.test.threshold, best.test.profit) == ("validation", 0.3, 2)


def test_of_equals_the_lowest_threshold_is_chosen() -> None:
    assert best_threshold("profit", test=figures(1, 3, 3), validation=()).test.threshold == 0.2
    assert best_threshold("f1", test=figures(1, 3, 3), validation=()).test.threshold == 0.1
