"""A 95 % interval: how far a figure of these rows may be from that of all rows there could be."""

from statistics import NormalDist

from include.pipeline.document import Document

CONFIDENCE = 0.95
NORMAL_QUANTILE = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
"""A normal variable is farther than this from its mean, in standard deviations, in 5 of 100 cases."""
FEW_OF_A_CLASS = 50
"""With fewer rows of the rarer class, intervals are wide and rough, and reports say so."""


class Interval(Document):
    """A 95 % interval: with test rows drawn anew, 95 of 100 such intervals hold the figure of all rows."""

    low: float
    """Its lower end."""
    high: float
    """Its upper end."""
