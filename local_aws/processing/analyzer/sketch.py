"""A sorted sample of numbers, in the form of the KLL sketches that AWS's analyzer writes.

Source of the form: developer guide, "Schema for Statistics (statistics.json file)". Each number of the list
at place i stands for 2^i numbers of the data.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
# The parameters that AWS's analyzer writes.
_SIZE, _SHRINKING = 2048, 0.64


def sketch_of(numbers: Numbers) -> dict[str, Any]:
    """Return the sketch of some numbers: all of them up to 2048, and beyond that every 2^i-th of their order.

    Where a number of the sketch stands for 2^i, it is the middle of as many neighbours: ranks are wrong by no
    more than half of that.
    """
    ordered = np.sort(numbers)
    level = 0
    while ordered.size >> level > _SIZE:
        level += 1
    levels: list[list[float]] = []
    taken = 0
    for height in range(level + 1):
        weight = 1 << height
        # The highest level has most of them; one of each lower one makes up the rest.
        count = (ordered.size >> height) & 1 if height < level else ordered.size >> level
        part = ordered[taken : taken + count * weight]
        levels.append(part[weight // 2 :: weight].tolist())
        taken += count * weight
    return {"parameters": {"c": _SHRINKING, "k": float(_SIZE)}, "data": levels}


def weighted(sketch: dict[str, Any]) -> tuple[Numbers, Numbers]:
    """Return the numbers of a sketch in their order, and for how many each of them stands."""
    levels: list[list[float]] = sketch["data"]
    numbers = np.array([number for level in levels for number in level], dtype=np.float64)
    weights = np.array([1 << height for height, level in enumerate(levels) for _ in level], dtype=np.float64)
    order = np.argsort(numbers, kind="stable")
    return numbers[order], weights[order]
