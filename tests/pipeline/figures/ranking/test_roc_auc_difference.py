import math

import numpy as np
import pytest
from scipy import stats
from sklearn import metrics as scikit

from include.pipeline.figures.ranking.roc_auc_difference import roc_auc_difference

RANDOM = np.random.default_rng(21)
LABELS = (RANDOM.random(400) < 0.2).astype(int)
SIGNAL = RANDOM.normal(size=400) + LABELS


@pytest.mark.parametrize("digits", [0, 9], ids=["many ties", "no ties"])
def test_it_is_delongs_paired_test_by_its_definition_over_all_pairs(digits: int) -> None:
    scores = [(SIGNAL + noise * RANDOM.normal(size=400)).round(digits) for noise in (0.3, 0.8)]
    wins = []
    for each in scores:
        positives, negatives = each[LABELS == 1][:, None], each[LABELS == 0][None, :]
        wins.append((positives > negatives) + 0.5 * (positives == negatives))
    changes = wins[0] - wins[1]
    rows, columns = changes.shape
    parts = [changes.mean(axis=1).var(ddof=1) / rows, changes.mean(axis=0).var(ddof=1) / columns]
    freedom = sum(parts) ** 2 / (parts[0] ** 2 / (rows - 1) + parts[1] ** 2 / (columns - 1))
    half = stats.t.ppf(0.975, freedom) * math.sqrt(sum(parts))
    found = roc_auc_difference(LABELS, *scores)
    assert found.first == pytest.approx(scikit.roc_auc_score(LABELS, scores[0]))
    assert found.second == pytest.approx(scikit.roc_auc_score(LABELS, scores[1]))
    assert found.interval is not None
    assert found.interval.low == pytest.approx(changes.mean() - half)
    assert found.interval.high == pytest.approx(changes.mean() + half)


def test_models_that_order_the_rows_alike_do_not_differ() -> None:
    found = roc_auc_difference(LABELS, SIGNAL, 2 * SIGNAL + 1)
    assert found.interval is not None
    assert (found.first, found.interval.low, found.interval.high) == (found.second, 0, 0)


def test_of_one_row_of_a_class_nothing_is_told() -> None:
    labels = np.array([0, 0, 0, 1])
    found = roc_auc_difference(labels, np.array([0.1, 0.2, 0.3, 0.4]), np.array([0.1, 0.2, 0.4, 0.3]))
    assert (found.first, found.second, found.interval) == (1, pytest.approx(2 / 3), None)
