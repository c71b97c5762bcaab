"""How large a difference is, and which of many are told: by hand, and in draws of one population."""

import numpy as np
import pytest

from include.pipeline.figures.chance import chance_of_bins, chance_of_shares
from include.pipeline.figures.changes import LEAST_EFFECT, beyond_chance, effect


@pytest.mark.parametrize(("share", "previous"), [(0.0025, 0), (0.0743, 0.05), (0.55, 0.5), (1, 0.9975)])
def test_the_least_effect_is_what_its_description_says(share: float, previous: float) -> None:
    assert effect(share, previous) == pytest.approx(LEAST_EFFECT, rel=0.02)
    assert effect(previous, share) == pytest.approx(effect(share, previous))


def test_the_effect_is_cohens_h() -> None:
    # J. Cohen, Statistical Power Analysis, table 6.2.2: phi of .05 is .451, of .50 is 1.571.
    assert effect(0.5, 0.05) == pytest.approx(1.571 - 0.451, abs=0.001)


def test_the_more_is_looked_at_the_rarer_a_difference_has_to_be() -> None:
    assert beyond_chance([0.03]) == [True]
    assert beyond_chance([0.03, 0.5]) == [False, False]
    assert beyond_chance([0.5, 0.024, 0.6]) == [False, False, False]
    # Once one of three is told, two are left: 0.05 / 2 is enough for the second.
    assert beyond_chance([0.024, 0.01, 0.6]) == [True, True, False]
    assert beyond_chance([]) == []


@pytest.mark.long
def test_of_draws_of_one_population_one_in_twenty_has_any_difference_at_most() -> None:
    random = np.random.RandomState(4)
    shares = np.array([0.6, 0.2, 0.1, 0.05, 0.03, 0.01, 0.005, 0.005])
    told = 0
    for _ in range(400):
        chances = []
        for _ in range(10):
            new, previous = random.multinomial(100, shares), random.multinomial(150, shares)
            chances.append(chance_of_bins(new.tolist(), previous.tolist()))
            chances.append(chance_of_shares(int(new[2]), 100, int(previous[2]), 150))
        told += any(beyond_chance(chances))
    # Of 400 draws at 5 %, 30 and more come in 1 of 50 cases.
    assert told < 30
