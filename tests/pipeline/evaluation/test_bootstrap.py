import numpy as np
import pytest
from scipy import stats
from sklearn import metrics as scikit

from include.pipeline.documents.metrics import Interval
from include.pipeline.evaluation.bootstrap import RESAMPLES, SEED, intervals
from include.pipeline.figures.model_figures import FIGURES
from include.pipeline.figures.scored_rows import ScoredRows

RANDOM = np.random.default_rng(7)
SCORES = RANDOM.beta(1, 3, 2000).round(3)
LABELS = (RANDOM.random(2000) < SCORES).astype(int)
THRESHOLD = 0.4
BY_SCIKIT_LEARN = {
    "accuracy": lambda labels, scores: scikit.accuracy_score(labels, scores >= THRESHOLD),
    "precision": lambda labels, scores: scikit.precision_score(labels, scores >= THRESHOLD),
    "recall": lambda labels, scores: scikit.recall_score(labels, scores >= THRESHOLD),
    "f1": lambda labels, scores: scikit.f1_score(labels, scores >= THRESHOLD),
    "roc_auc": scikit.roc_auc_score,
    "average_precision": scikit.average_precision_score,
    "log_loss": scikit.log_loss,
    "brier_score": scikit.brier_score_loss,
}


@pytest.fixture(scope="module")
def found() -> dict[str, Interval]:
    return intervals(ScoredRows(LABELS, SCORES, THRESHOLD))


@pytest.mark.slow
@pytest.mark.parametrize("name", FIGURES)
def test_an_interval_is_that_of_scikit_learns_figure_over_the_same_draws(
    name: str, found: dict[str, Interval]
) -> None:
    order = np.argsort(SCORES, kind="stable")
    random, drawn = np.random.default_rng(SEED), []
    for _ in range(RESAMPLES):
        rows = order[random.integers(0, len(order), len(order))]
        drawn.append(BY_SCIKIT_LEARN[name](LABELS[rows], SCORES[rows]))
    interval = found[name]
    assert (interval.low, interval.high) == pytest.approx(tuple(np.percentile(drawn, [2.5, 97.5])))


def test_an_interval_of_a_share_is_as_wide_as_the_binomial_distribution_says(
    found: dict[str, Interval],
) -> None:
    share = scikit.accuracy_score(LABELS, SCORES >= THRESHOLD)
    low, high = stats.binom.interval(0.95, len(LABELS), share)
    assert found["accuracy"].low == pytest.approx(low / len(LABELS), abs=0.003)
    assert found["accuracy"].high == pytest.approx(high / len(LABELS), abs=0.003)


def test_the_same_rows_give_the_same_intervals(found: dict[str, Interval]) -> None:
    assert intervals(ScoredRows(LABELS, SCORES, THRESHOLD)) == found


def test_a_threshold_that_no_score_reaches_has_no_precision() -> None:
    never = intervals(ScoredRows(LABELS, SCORES * 0.5, 0.9))
    assert (never["precision"].low, never["precision"].high, never["recall"].high, never["f1"].high) == (
        0,
        0,
        0,
        0,
    )
    assert never["accuracy"].high < 1


def test_two_rows_are_enough() -> None:
    both = intervals(ScoredRows(np.array([0, 1]), np.array([0.2, 0.9]), 0.5))
    assert (both["roc_auc"].low, both["accuracy"].high) == (1, 1)
