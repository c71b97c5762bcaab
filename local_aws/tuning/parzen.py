"""The combinations that the strategy Bayesian tries: near those that were good, once enough are known.

It is a tree-structured Parzen estimator: Bergstra, Bardenet, Bengio, Kegl, "Algorithms for Hyper-Parameter
Optimization", 2011.
"""

import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from local_aws.tuning.ranges import CategoricalRange, NumericRange, Range, draws

# As many are drawn at random first.
_LEAST_KNOWN = 5
_GOOD_SHARE = 0.25
# The candidates of which the best is tried: that of hyperopt, which its authors wrote.
_CANDIDATES = 24
_NARROWEST = 0.05


@dataclass(frozen=True)
class Observation:
    """A combination that was tried."""

    values: tuple[str, ...]
    """In the order of the ranges."""
    goodness: float
    """The value of its objective metric; minus it, where less is better."""


def guided(
    ranges: list[Range],
    seed: str | int,
    observed: Callable[[], Sequence[Observation]],
    known: set[tuple[str, ...]] | None = None,
) -> Iterator[dict[str, str]]:
    """Yield combinations, none of them twice.

    Args:
        ranges: The ranges.
        seed: Decides, with what is observed, what is yielded.
        observed: Tells what is known by now.
        known: Combinations that are not wanted again, as values in the order of the ranges. It grows.
    """
    known = set() if known is None else known
    at_random = draws(ranges, seed, known)
    source = random.Random(f"{seed} guided")  # noqa: S311 - a search, not a secret
    names = [one.name for one in ranges]
    while True:
        seen = sorted(observed(), key=lambda one: one.goodness, reverse=True)
        values = _promising(ranges, seen, known, source) if len(seen) >= _LEAST_KNOWN else None
        if values is None:
            candidate = next(at_random, None)
            if candidate is None:
                return
            yield candidate
        else:
            known.add(values)
            yield dict(zip(names, values, strict=True))


def _promising(
    ranges: list[Range], seen: list[Observation], known: set[tuple[str, ...]], source: random.Random
) -> tuple[str, ...] | None:
    """Return the new combination that looks most like the good ones, and least like the others."""
    count = math.ceil(_GOOD_SHARE * len(seen))
    # By range: the values of the good ones, and those of the others.
    good = list(zip(*(one.values for one in seen[:count]), strict=True))
    other = list(zip(*(one.values for one in seen[count:]), strict=True))

    def score(values: tuple[str, ...]) -> float:
        return sum(
            math.log(_density(one, value, good[place]) / _density(one, value, other[place]))
            for place, (one, value) in enumerate(zip(ranges, values, strict=True))
        )

    drawn = {
        tuple(_near(one, good[place], source) for place, one in enumerate(ranges)): None
        for _ in range(_CANDIDATES)
    }
    fresh = [values for values in drawn if values not in known]
    return max(fresh, key=score) if fresh else None


def _width(count: int) -> float:
    return max(_NARROWEST, 1 / (1 + count))


def _near(one: Range, good: Sequence[str], source: random.Random) -> str:
    """Draw a value near one of the good ones, or anywhere, as if that were one more of them."""
    center = source.randrange(len(good) + 1)
    if center == len(good) or not isinstance(one, NumericRange):
        return one.draw(source) if center == len(good) else good[center]
    return one.at(min(max(source.gauss(one.share_of(good[center]), _width(len(good))), 0.0), 1.0))


def _density(one: Range, value: str, seen: Sequence[str]) -> float:
    if isinstance(one, CategoricalRange):
        return (seen.count(value) + 1) / (len(seen) + len(one.values))
    if not isinstance(one, NumericRange):
        return 1.0
    place, width = one.share_of(value), _width(len(seen))
    kernels = (math.exp(-(((place - one.share_of(other)) / width) ** 2) / 2) for other in seen)
    return (1 + sum(kernels) / (width * math.sqrt(2 * math.pi))) / (len(seen) + 1)
