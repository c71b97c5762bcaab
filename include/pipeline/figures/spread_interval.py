"""Intervals of figures that are means over the rows, or behave as such: by the spread of the rows' parts."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import special  # type: ignore[import-untyped]

from include.pipeline.figures.interval import CONFIDENCE, Interval


@dataclass(frozen=True)
class Scale:
    """A scale on which the error of a figure is nearly normal, so that an interval respects its bounds."""

    there: Callable[[float], float]
    back: Callable[[float], float]
    slope: Callable[[float], float]
    """Derivative of `there`."""


PLAIN = Scale(lambda value: value, lambda value: value, lambda _: 1.0)
"""For figures without bounds, and differences."""
LOG = Scale(np.log, np.exp, lambda value: 1 / value)
"""For figures above 0."""
LOGIT = Scale(special.logit, special.expit, lambda value: 1 / (value * (1 - value)))
"""For figures between 0 and 1."""
FISHER = Scale(np.arctanh, np.tanh, lambda value: 1 / (1 - value**2))
"""For figures between -1 and 1: R. Fisher's z of correlations (1921)."""
PROBIT = Scale(
    special.ndtri,
    special.ndtr,
    lambda value: np.sqrt(2 * np.pi) * np.exp(special.ndtri(value) ** 2 / 2),
)
"""For figures between 0 and 1, narrower near its ends than `LOGIT`."""


def around(value: float, variance: float, freedom: float, scale: Scale) -> Interval:
    """Compute the interval around a value whose variance is estimated.

    Args:
        value: Within the bounds of the scale.
        variance: Of the value.
        freedom: Degrees of freedom of the variance: how much the rows tell of it.
        scale: On which the interval is symmetrical.
    """
    quantile = special.stdtrit(freedom, (1 + CONFIDENCE) / 2)  # of Student's t
    half = quantile * np.sqrt(variance) * scale.slope(value)
    middle = scale.there(value)
    return Interval(low=float(scale.back(middle - half)), high=float(scale.back(middle + half)))


def spread_interval(
    value: float, parts: np.ndarray, scale: Scale, *, counts: np.ndarray | None = None
) -> Interval | None:
    """Compute the interval of a figure from the part that each row has in it.

    The parts of a mean are the values themselves, those of another figure its influence function: F. Hampel,
    The influence curve and its role in robust estimation (1974). So there are no random draws, and no digit
    of the interval depends on their number. Where few rows make up most of the spread, its estimate is
    itself uncertain: Student's t with 2 n / (kurtosis - 1) degrees of freedom takes account of that, after
    B. O'Neill, Some useful moment results in sampling problems (2014).

    Args:
        value: The figure.
        parts: What each row, or each kind of row, adds to it, shape `(rows,)`.
        scale: On which the interval is symmetrical.
        counts: How many rows there are of each kind; one each where it is None.

    Returns:
        The interval; None where the rows do not differ, which tells nothing of others.
    """
    counts = np.ones(len(parts)) if counts is None else counts
    rows = counts.sum()
    squares = (parts - np.average(parts, weights=counts)) ** 2
    spread = np.average(squares, weights=counts)
    if not spread > np.finfo(float).eps ** 2:
        return None
    kurtosis = np.average(squares**2, weights=counts) / spread**2
    freedom = min(2 * rows / (kurtosis - 1), rows - 1) if kurtosis > 1 else rows - 1
    return around(value, spread / (rows - 1), freedom, scale)
