"""Several ways to do a thing, measured in turns: what slows the machine meanwhile strikes all alike."""

import statistics
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

Measured = TypeVar("Measured")


def in_turns(ways: Mapping[str, Callable[[], Measured]], rounds: int) -> dict[str, list[Measured]]:
    """Go each way once a round, every other round in the reverse order.

    Args:
        ways: Each measures once, by name.
        rounds: How many.

    Returns:
        What each way has measured, by the same names, in the order of the rounds.
    """
    found: dict[str, list[Measured]] = {name: [] for name in ways}
    for turn in range(rounds):
        for name in list(ways)[:: -1 if turn % 2 else 1]:
            found[name].append(ways[name]())
    return found


def median_ratio(ones: Sequence[float], others: Sequence[float]) -> float:
    """Return the median of the ratios of each round."""
    return statistics.median(one / other for one, other in zip(ones, others, strict=True))
