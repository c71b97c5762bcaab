"""Two models on the same rows: by how much a figure differs, and how far chance may have moved that."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from include.pipeline.figures.business.profit import ValueOfOutcomes, interval_of_sum, profits
from include.pipeline.figures.business.reach import reach_parts
from include.pipeline.figures.interval import NORMAL_QUANTILE, Interval
from include.pipeline.figures.ranking.average_precision_interval import average_precision_parts
from include.pipeline.figures.ranking.roc_auc_difference import roc_auc_difference
from include.pipeline.figures.spread_interval import PLAIN, spread_interval

if TYPE_CHECKING:
    from include.pipeline.figures.scored_rows import ScoredRows


@dataclass(frozen=True)
class PairedRows:
    """The scores that two models gave to the same rows.

    Each property is the 95 % interval of the second's figure less the first's: None where it is not defined,
    or no row tells the models apart. What is hard or easy for both drops out, so a difference is far more
    certain than either figure.
    """

    first: "ScoredRows"
    second: "ScoredRows"

    def at(self, threshold: float) -> "PairedRows":
        """Return the same at one threshold for both."""
        return replace(self, first=self.first.at(threshold), second=self.second.at(threshold))

    @property
    def accuracy(self) -> Interval | None:
        """Of the share of right answers."""
        return of_shares(*(rows.called == (rows.labels == 1) for rows in (self.first, self.second)))

    @property
    def recall(self) -> Interval | None:
        """Of the share of the positives that are called."""
        return of_shares(*(rows.called[rows.labels == 1] for rows in (self.first, self.second)))

    @property
    def precision(self) -> Interval | None:
        """Of the share of positives among those who are called."""
        if self.first.confusion_matrix.precision is None or self.second.confusion_matrix.precision is None:
            return None
        return self._by_parts(*(_precision_parts(rows) for rows in (self.first, self.second)))

    @property
    def f1(self) -> Interval | None:
        """Of the harmonic mean of precision and recall."""
        return self._by_parts(*(_f1_parts(rows) for rows in (self.first, self.second)))

    @property
    def roc_auc(self) -> Interval | None:
        """Of the area under the ROC curve, by DeLong's paired test."""
        return roc_auc_difference(self.first.labels, self.second.scores, self.first.scores).interval

    @property
    def average_precision(self) -> Interval | None:
        """Of the average precision."""
        return self._by_parts(*(_average_precision_parts(rows) for rows in (self.first, self.second)))

    @property
    def log_loss(self) -> Interval | None:
        """Of the mean log loss."""
        return self._by_parts(self.first.log_losses, self.second.log_losses)

    @property
    def brier_score(self) -> Interval | None:
        """Of the mean squared error."""
        return self._by_parts(self.first.squared_errors, self.second.squared_errors)

    @property
    def gini(self) -> Interval | None:
        """Of twice the area under the ROC curve, less 1."""
        found = self.roc_auc
        return found and Interval(low=2 * found.low, high=2 * found.high)

    @property
    def mcc(self) -> Interval | None:
        """Of Matthews' correlation."""
        both = (self.first, self.second)
        if any(rows.confusion_matrix.mcc is None for rows in both):
            return None
        return self._by_parts(*((rows.confusion_matrix.mcc or 0) + rows.mcc_parts for rows in both))

    @property
    def brier_skill(self) -> Interval | None:
        """Of the Brier skill."""
        return self._by_parts(
            *(rows.brier_skill + rows.brier_skill_parts for rows in (self.first, self.second))
        )

    @property
    def reach(self) -> Interval | None:
        """Of the share of the positives that a fifth of the rows reaches."""
        one, other = (rows.reach + reach_parts(rows) for rows in (self.first, self.second))
        return self._by_parts(one, other)

    def profit(self, values: ValueOfOutcomes) -> Interval | None:
        """Of what all rows bring at the threshold."""
        one, other = (profits(rows, values) for rows in (self.first, self.second))
        return interval_of_sum(other - one)

    @staticmethod
    def _by_parts(first: np.ndarray, second: np.ndarray) -> Interval | None:
        """Compute the interval from the part of each row, whose mean over the rows is the figure."""
        parts = second - first
        return spread_interval(float(parts.mean()), parts, PLAIN)


def of_shares(first: np.ndarray, second: np.ndarray) -> Interval | None:
    """Compute the interval of the difference of two shares of the same rows.

    Only rows that are counted in one of them alone tell anything. It is D. Bonett's and R. Price's,
    Adjusted Wald confidence interval for a difference of binomial proportions based on paired data (2012):
    one such row is added to either side, so that few of them do not make it too narrow.

    Args:
        first: Whether each row is counted in the first share: shape `(rows,)`.
        second: Whether it is in the second.

    Returns:
        Of the second less the first; None where no row tells them apart.
    """
    less, more = (int((one & ~other).sum()) for one, other in ((first, second), (second, first)))
    if less == more == 0:
        return None
    rows = len(first) + 2
    difference = (more - less) / rows
    half = NORMAL_QUANTILE * float(np.sqrt(((more + less + 2) / rows - difference**2) / rows))
    return Interval(low=max(difference - half, -1), high=min(difference + half, 1))


def _precision_parts(rows: "ScoredRows") -> np.ndarray:
    """Tell the part of each row: p + (y - p) c / a, of precision p, label y, called c, share of called a."""
    precision, called = rows.confusion_matrix.precision or 0, rows.called
    parts: np.ndarray = precision + (rows.labels - precision) * called / called.mean()
    return parts


def _f1_parts(rows: "ScoredRows") -> np.ndarray:
    """Tell the part of each row: f + (2 y c - f (y + c)) / m, of F1 f, label y, called c, mean sum m."""
    f1, either = rows.confusion_matrix.f1, rows.labels + rows.called
    parts: np.ndarray = f1 + (2 * rows.labels * rows.called - f1 * either) / either.mean()
    return parts


def _average_precision_parts(rows: "ScoredRows") -> np.ndarray:
    of_positive, of_negative = average_precision_parts(rows)
    at = rows.block_of_rows
    parts: np.ndarray = np.where(rows.labels == 1, of_positive[at], of_negative[at])
    return rows.average_precision + parts
