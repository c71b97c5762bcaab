import math

import numpy as np
import pytest
from scipy import stats

from include.pipeline.figures.interval import Interval
from include.pipeline.figures.scored_rows import ScoredRows

RANDOM = np.random.default_rng(11)


def of(labels: np.ndarray, scores: np.ndarray) -> Interval:
    return ScoredRows(labels, scores, 0.5).roc_auc_interval


@pytest.mark.parametrize("digits", [1, 9], ids=["many ties", "no ties"])
def test_it_is_delongs_by_its_definition_over_all_pairs(digits: int) -> None:
    labels = (RANDOM.random(300) < 0.2).astype(int)
    scores = np.clip(0.3 + 0.2 * labels + 0.2 * RANDOM.normal(size=300), 0, 1).round(digits)
    positives, negatives = scores[labels == 1], scores[labels == 0]
    wins = (positives[:, None] > negatives) + 0.5 * (positives[:, None] == negatives)
    area = wins.mean()
    variances = [
        wins.mean(axis=1).var(ddof=1) / len(positives),
        wins.mean(axis=0).var(ddof=1) / len(negatives),
    ]
    freedom = sum(variances) ** 2 / (
        variances[0] ** 2 / (len(positives) - 1) + variances[1] ** 2 / (len(negatives) - 1)
    )
    half = stats.t.ppf(0.975, freedom) * math.sqrt(sum(variances)) / (area * (1 - area))
    ends = [1 / (1 + math.exp(-(math.log(area / (1 - area)) + side * half))) for side in (-1, 1)]
    found = of(labels, scores)
    assert [found.low, found.high] == pytest.approx(ends)


@pytest.mark.parametrize(
    ("labels", "scores", "area"),
    [
        ([0, 0, 0, 1, 1], [0.1, 0.2, 0.3, 0.6, 0.7], 1.0),
        ([1, 1, 0, 0], [0.1, 0.2, 0.3, 0.6], 0.0),
        ([0, 0, 0, 0, 1], [0.1, 0.2, 0.3, 0.6, 0.4], 0.75),
        ([0, 1, 1, 1], [0.35, 0.2, 0.3, 0.6], 1 / 3),
        ([0, 0, 0, 1, 1], [0.5] * 5, 0.5),
    ],
    ids=["all pairs right", "all wrong", "one positive", "one negative", "all equal"],
)
def test_where_delong_has_no_variance_it_is_newcombes(
    labels: list[int], scores: list[float], area: float
) -> None:
    found = of(np.array(labels), np.array(scores))
    positives, negatives = sum(labels), len(labels) - sum(labels)
    more = len(labels) / 2 - 1
    for end, is_open in ((found.low, area > 0), (found.high, area < 1)):
        if not is_open:
            assert end == pytest.approx(area, abs=1e-9)
            continue
        # The true area from which the one found is just as far as chance leads in 5 of 100 cases.
        variance = (
            end
            * (1 - end)
            * (1 + more * (1 - end) / (2 - end) + more * end / (1 + end))
            / (positives * negatives)
        )
        assert (end - area) ** 2 == pytest.approx(1.959963985**2 * variance, rel=1e-6)
    assert 0 <= found.low <= area <= found.high <= 1
    assert found.high - found.low > 0.3
