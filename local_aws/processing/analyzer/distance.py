"""How far a feature's distribution is from that of the baseline.

Source: awslabs/deequ, Distance.scala, on which AWS's analyzer is built. `Simple` is the largest difference of
the two distribution functions, or of the shares of a category. `Robust` takes from it what chance explains
in a two-sample Kolmogorov-Smirnov test, with c(alpha) = 1.8.
"""

import math
from collections.abc import Mapping

import numpy as np

from local_aws.processing.analyzer.sketch import Numbers, weighted
from local_aws.processing.analyzer.statistics import Document

_C_ALPHA = 1.8


def distance(current: Document, baseline: Document, method: str) -> float | None:
    """Return the distance of a feature from that of the baseline.

    Args:
        current: The feature in the statistics of now.
        baseline: The feature in the statistics of the baseline.
        method: Robust or Simple.

    Returns:
        0 to 1. None where the two cannot be compared: they are of two types, or one has no distribution.
    """
    for member, measure in (("numerical_statistics", _numerical), ("string_statistics", _categorical)):
        if member in current and member in baseline:
            found = measure(current[member], baseline[member])
            if found is None:
                return None
            simple, now, before = found
            if method == "Simple":
                return simple
            return max(0.0, simple - _C_ALPHA * math.sqrt((now + before) / (now * before)))
    return None


def _numerical(current: Document, baseline: Document) -> tuple[float, float, float] | None:
    try:
        sketches = [side["distribution"]["kll"]["sketch"] for side in (current, baseline)]
    except KeyError:
        return None
    (numbers, weights), (others, their_weights) = map(weighted, sketches)
    if not numbers.size or not others.size:
        return None
    points = np.concatenate([numbers, others])
    gaps = np.abs(_function(numbers, weights, points) - _function(others, their_weights, points))
    return float(gaps.max()), float(weights.sum()), float(their_weights.sum())


def _function(numbers: Numbers, weights: Numbers, points: Numbers) -> Numbers:
    """Return the distribution function of weighted numbers, which are in order, at some points."""
    below = np.concatenate([[0.0], weights.cumsum()])
    found: Numbers = below[np.searchsorted(numbers, points, side="right")] / weights.sum()
    return found


def _categorical(current: Document, baseline: Document) -> tuple[float, float, float] | None:
    now, before = _shares(current), _shares(baseline)
    if not now or not before:
        return None
    largest = max(abs(now.get(value, 0.0) - before.get(value, 0.0)) for value in {*now, *before})
    return largest, float(current["common"]["num_present"]), float(baseline["common"]["num_present"])


def _shares(statistics: Document) -> Mapping[str, float]:
    buckets = statistics.get("distribution", {}).get("categorical", {}).get("buckets", [])
    total = sum(bucket["count"] for bucket in buckets)
    return {bucket["value"]: bucket["count"] / total for bucket in buckets}
