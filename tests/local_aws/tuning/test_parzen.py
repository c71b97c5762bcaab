"""The strategy Bayesian tries what is near the good, once enough is known, and nothing twice."""

import itertools
from collections.abc import Callable

import numpy as np
import pytest

from local_aws.tuning.parzen import Observation, guided
from local_aws.tuning.ranges import Range, draws, ranges_of

RANGES = ranges_of(
    {
        "ContinuousParameterRanges": [
            {"Name": "eta", "MinValue": "0.001", "MaxValue": "1", "ScalingType": "Logarithmic"}
        ],
        "IntegerParameterRanges": [{"Name": "depth", "MinValue": "1", "MaxValue": "20"}],
        "CategoricalParameterRanges": [{"Name": "booster", "Values": ["a", "b", "c"]}],
    }
)


def goodness(candidate: dict[str, str]) -> float:
    """Return a score with its best, 0, at eta = 0.1, depth = 7 and booster b."""
    distance = (np.log10(float(candidate["eta"])) + 1) ** 2 + ((int(candidate["depth"]) - 7) / 10) ** 2
    return float(-distance - 0.5 * (candidate["booster"] != "b"))


def search(seed: int, count: int) -> list[dict[str, str]]:
    """Return the combinations of a search that learns from each."""
    seen: list[Observation] = []
    found = []
    for candidate in itertools.islice(guided(RANGES, seed, lambda: seen), count):
        found.append(candidate)
        seen.append(Observation(tuple(candidate.values()), goodness(candidate)))
    return found


def best_of(candidates: Callable[[int], list[dict[str, str]]]) -> float:
    return float(np.median([max(map(goodness, candidates(seed))) for seed in range(30)]))


@pytest.mark.long
def test_it_finds_better_ones_than_draws_do() -> None:
    """Print the medians of thirty searches by 40 combinations: `pytest -s`."""
    learned = best_of(lambda seed: search(seed, 40))
    drawn = best_of(lambda seed: list(itertools.islice(draws(RANGES, seed), 40)))
    print(f"\nmedian distance from the best: {-learned:.4f} guided, {-drawn:.4f} at random")
    assert learned > drawn / 3


def test_the_first_ones_are_those_of_random_draws_and_a_seed_decides_all() -> None:
    found = search(3, 12)
    assert found[:5] == list(itertools.islice(draws(RANGES, 3), 5))
    assert found == search(3, 12)
    assert found != search(4, 12)
    assert all(one.has(candidate[one.name]) for candidate in found for one in RANGES)


def test_it_ends_when_there_is_nothing_new() -> None:
    few: list[Range] = ranges_of({"CategoricalParameterRanges": [{"Name": "x", "Values": [*"abcdefgh"]}]})
    seen = [Observation((letter,), float(place)) for place, letter in enumerate("abcde")]
    known = {("a",)}
    found = [candidate["x"] for candidate in guided(few, 1, lambda: seen, known)]
    assert sorted(found) == [*"bcdefgh"]
