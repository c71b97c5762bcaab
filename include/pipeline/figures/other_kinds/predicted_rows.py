"""Rows with their labels and predictions, where the label is a number."""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from include.pipeline.figures.interval import Interval
from include.pipeline.figures.spread_interval import LOG, PLAIN, spread_interval


@dataclass(eq=False)
class PredictedRows:
    """Rows of which the label is known and the model has predicted it."""

    labels: np.ndarray
    """Shape `(rows,)`."""
    predictions: np.ndarray
    """In the label's unit: shape `(rows,)`."""

    def by_mean(self) -> "PredictedRows":
        """Return the same rows with the mean of their labels as each prediction: the baseline."""
        return PredictedRows(self.labels, np.full(len(self.labels), self.labels.mean()))

    @cached_property
    def errors(self) -> np.ndarray:
        """Prediction less label, row by row."""
        errors: np.ndarray = self.predictions - self.labels
        return errors

    @property
    def rmse(self) -> float:
        """Root of the mean squared error."""
        return math.sqrt(float(np.mean(self.errors**2)))

    @property
    def rmse_parts(self) -> np.ndarray:
        """The part of each row in it: r + (e² - r²) / (2 r), of an RMSE r and an error e."""
        rmse = self.rmse
        if not rmse:
            return np.zeros(len(self.labels))
        parts: np.ndarray = rmse + (self.errors**2 - rmse**2) / (2 * rmse)
        return parts

    @property
    def rmse_interval(self) -> Interval | None:
        """Its interval; None of perfect predictions."""
        return spread_interval(self.rmse, self.rmse_parts, LOG) if self.rmse else None

    @property
    def absolute_errors(self) -> np.ndarray:
        """How far off each prediction is."""
        errors: np.ndarray = np.abs(self.errors)
        return errors

    @property
    def mae(self) -> float:
        """Mean of the absolute errors."""
        return float(self.absolute_errors.mean())

    @property
    def mae_interval(self) -> Interval | None:
        """Its interval; None of perfect predictions."""
        return spread_interval(self.mae, self.absolute_errors, LOG) if self.mae else None

    @property
    def r2(self) -> float | None:
        """Share of the labels' variance that the predictions explain; None where the labels are one."""
        variance = float(self.labels.var())
        return 1 - self.rmse**2 / variance if variance else None

    @property
    def r2_parts(self) -> np.ndarray:
        """The part of each row in it.

        Of what is left, l, with variance v and mean m of the labels, a row of error e and label y has
        (e² - l (y - m)²) / v, less l.
        """
        left = 1 - (self.r2 or 0)
        spread = (self.labels - self.labels.mean()) ** 2
        parts: np.ndarray = 1 - left - (self.errors**2 - left * spread) / self.labels.var()
        return parts

    @property
    def r2_interval(self) -> Interval | None:
        """Its interval, on the logarithm of what is left."""
        if self.r2 is None or self.r2 >= 1:
            return None
        found = spread_interval(1 - self.r2, 1 - self.r2_parts, LOG)
        return found and Interval(low=1 - found.high, high=1 - found.low)

    @staticmethod
    def difference(first: np.ndarray, second: np.ndarray) -> Interval | None:
        """Compute the interval of the difference of two means by the parts of each row, the second's less."""
        parts = second - first
        return spread_interval(float(parts.mean()), parts, PLAIN)
