"""Distances, held against scipy's two-sample Kolmogorov-Smirnov statistic and shares counted by pandas."""

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import ks_2samp

from local_aws.processing.analyzer.distance import distance
from local_aws.processing.analyzer.statistics import statistics_of


def feature(values: Any) -> Any:
    (found,) = statistics_of(pd.DataFrame({"a": [str(value) for value in values]}))["features"]
    return found


@pytest.mark.parametrize(("now", "before"), [(300, 900), (50, 2048), (1000, 1000)])
def test_of_numbers_it_is_the_kolmogorov_smirnov_statistic(now: int, before: int) -> None:
    draws = np.random.default_rng(now)
    current, baseline = draws.normal(0.4, 1, now).round(4), draws.normal(0, 1, before).round(4)
    simple = distance(feature(current), feature(baseline), "Simple")
    assert simple == pytest.approx(ks_2samp(current, baseline).statistic)
    chance = 1.8 * math.sqrt((now + before) / (now * before))
    assert distance(feature(current), feature(baseline), "Robust") == pytest.approx(max(0, simple - chance))


def test_of_many_numbers_it_is_nearly_that() -> None:
    draws = np.random.default_rng(5)
    current, baseline = draws.normal(0.2, 1, 30_000).round(4), draws.normal(0, 1, 41_000).round(4)
    found = distance(feature(current), feature(baseline), "Simple")
    assert found == pytest.approx(ks_2samp(current, baseline).statistic, abs=0.001)


def test_of_categories_it_is_the_largest_difference_of_shares() -> None:
    draws = np.random.default_rng(6)
    current = draws.choice(["a", "b", "c"], 400, p=[0.6, 0.3, 0.1])
    baseline = draws.choice(["a", "b", "d"], 500, p=[0.3, 0.5, 0.2])
    shares = [pd.Series(side).value_counts(normalize=True) for side in (current, baseline)]
    expected = shares[0].sub(shares[1], fill_value=0).abs().max()
    assert distance(feature(current), feature(baseline), "Simple") == pytest.approx(expected)


def test_features_of_two_types_have_none() -> None:
    assert distance(feature([1, 2]), feature(["a", "b"]), "Simple") is None
    ids = feature([f"id-{number}" for number in range(200)])
    assert distance(ids, ids, "Simple") is None
