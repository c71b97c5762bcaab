import numpy as np
import pytest
from scipy import stats
from sklearn import metrics as scikit

from include.pipeline.documents.table.costs import OutcomeValues
from include.pipeline.figures.business.profit import profits
from include.pipeline.figures.interval import Interval
from include.pipeline.figures.model_figures import FIGURES
from include.pipeline.figures.paired_rows import PairedRows, of_shares
from include.pipeline.figures.ranking.roc_auc_difference import roc_auc_difference
from include.pipeline.figures.scored_rows import ScoredRows

RANDOM = np.random.default_rng(11)
ROWS = 1500
LABELS = (RANDOM.random(ROWS) < 0.2).astype(int)
SIGNAL = RANDOM.normal(size=ROWS) + 1.2 * LABELS
SCORES = [1 / (1 + np.exp(1.5 - SIGNAL - noise * RANDOM.normal(size=ROWS))) for noise in (0.3, 0.6)]
PAIR = PairedRows(*(ScoredRows(LABELS, scores, 0.4) for scores in SCORES))


def drawn(figure: str) -> np.ndarray:
    """The differences of a figure over rows that are drawn anew, each as often as it comes."""
    differences = np.empty(600)
    for at in range(len(differences)):
        rows = RANDOM.integers(0, ROWS, ROWS)
        one, other = (FIGURES[figure].of(ScoredRows(LABELS[rows], each[rows], 0.4)) for each in SCORES)
        assert one is not None
        assert other is not None
        differences[at] = other - one
    return differences


@pytest.mark.long
@pytest.mark.parametrize(
    "figure",
    [
        *("accuracy", "precision", "recall", "f1", "mcc"),
        *("average_precision", "log_loss", "brier_score", "brier_skill"),
    ],
)
def test_an_interval_is_as_wide_as_the_bootstrap_says(figure: str) -> None:
    found = FIGURES[figure].difference(PAIR)
    one, other = (FIGURES[figure].of(rows) for rows in (PAIR.first, PAIR.second))
    assert found is not None
    assert one is not None
    assert other is not None
    half = 1.96 * drawn(figure).std()
    assert (found.high - found.low) / 2 == pytest.approx(half, rel=0.12)
    assert (found.high + found.low) / 2 == pytest.approx(other - one, abs=0.05 * half)


def test_the_roc_auc_is_compared_by_delongs_paired_test() -> None:
    expected = roc_auc_difference(LABELS, SCORES[1], SCORES[0]).interval
    assert PAIR.roc_auc == expected
    second_less_first = scikit.roc_auc_score(LABELS, SCORES[1]) - scikit.roc_auc_score(LABELS, SCORES[0])
    assert PAIR.roc_auc is not None
    assert (PAIR.roc_auc.low + PAIR.roc_auc.high) / 2 == pytest.approx(second_less_first)


def test_the_profit_is_compared_row_by_row() -> None:
    each = [np.where(scores >= 0.4, 50.0 * LABELS - 5, 0) for scores in SCORES]
    assert (profits(PAIR.first, OutcomeValues.of_action(5, 50)) == each[0]).all()
    difference = each[1] - each[0]
    freedom = min(2 * ROWS / (stats.kurtosis(difference, fisher=False) - 1), ROWS - 1)
    half = stats.t.ppf(0.975, freedom) * difference.std(ddof=1) * np.sqrt(ROWS)
    found = PAIR.profit(OutcomeValues.of_action(5, 50))
    assert found is not None
    assert (found.low, found.high) == pytest.approx((difference.sum() - half, difference.sum() + half))
    # In another currency it is the same, however small its coin.
    in_coins = PAIR.profit(OutcomeValues.of_action(5e200, 50e200))
    assert in_coins is not None
    assert (in_coins.low, in_coins.high) == pytest.approx((found.low * 1e200, found.high * 1e200))


def test_a_difference_is_more_certain_than_either_figure() -> None:
    found, own = PAIR.log_loss, PAIR.first.interval_of_mean(PAIR.first.log_losses)
    assert found is not None
    assert own is not None
    assert found.high - found.low < 0.8 * (own.high - own.low)


def test_shares_are_compared_by_the_rows_that_tell_them_apart() -> None:
    # Bonett and Price (2012): one more of each kind, 6 and 16 of 102 rows.
    first = np.array([True] * 5 + [False] * 95)
    second = np.array([False] * 5 + [True] * 15 + [False] * 80)
    difference = (16 - 6) / 102
    half = stats.norm.ppf(0.975) * np.sqrt(((16 + 6) / 102 - difference**2) / 102)
    found = of_shares(first, second)
    assert found is not None
    assert (found.low, found.high) == pytest.approx((difference - half, difference + half))
    assert of_shares(first, first) is None


def test_models_that_answer_alike_are_not_told_apart() -> None:
    pair = PairedRows(PAIR.first, ScoredRows(LABELS, SCORES[0], 0.4))
    told = {name: figure.difference(pair) for name, figure in FIGURES.items()}
    assert told.pop("roc_auc") == told.pop("gini") == Interval(low=0, high=0)
    assert set(told.values()) == {None}
    assert pair.profit(OutcomeValues.of_action(5, 50)) is None


def test_a_model_that_calls_nobody_has_no_precision_to_compare() -> None:
    pair = PairedRows(PAIR.first, PAIR.second.at(2.0))
    assert pair.precision is None
    assert pair.recall is not None
    assert pair.recall.high < 0


def test_at_one_threshold_both_are_asked_there() -> None:
    at = PAIR.at(0.7)
    assert (at.first.threshold, at.second.threshold) == (0.7, 0.7)
    assert (at.first.scores == SCORES[0]).all()
