"""Rows with their labels and scores: what every figure is computed from."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from sklearn import metrics as scikit

from include.pipeline.figures.business.reach import reach, reach_interval
from include.pipeline.figures.confusion_matrix import ConfusionMatrix
from include.pipeline.figures.interval import Interval
from include.pipeline.figures.ranking.average_precision_interval import average_precision_interval
from include.pipeline.figures.ranking.roc_auc_interval import roc_auc_interval
from include.pipeline.figures.spread_interval import FISHER, LOG, spread_interval


@dataclass(eq=False)
class ScoredRows:
    """Rows of which the label is known and the model has given a score."""

    labels: np.ndarray
    """0 or 1, both present: shape `(rows,)`."""
    scores: np.ndarray
    """Probabilities of 1: shape `(rows,)`."""
    threshold: float
    """A score of at least this is predicted positive."""

    @property
    def positives(self) -> int:
        """Rows whose label is 1."""
        return int(self.labels.sum())

    @cached_property
    def confusion_matrix(self) -> ConfusionMatrix:
        """The counts at the threshold."""
        return self.confusion_matrix_at(self.threshold)

    def confusion_matrix_at(self, threshold: float) -> ConfusionMatrix:
        """Count the rows by label and by whether their score is at least a threshold."""
        tns, fps, fns, tps, thresholds = self._curve
        # Thresholds fall; before the first that is reached, no row is predicted positive.
        at = int(np.searchsorted(-thresholds, -threshold, side="right")) - 1
        if at < 0:
            return ConfusionMatrix(tn=len(self.labels) - self.positives, fp=0, fn=self.positives, tp=0)
        return ConfusionMatrix(tn=int(tns[at]), fp=int(fps[at]), fn=int(fns[at]), tp=int(tps[at]))

    def matrix_of(self, chosen: np.ndarray) -> ConfusionMatrix:
        """Count some of the rows at the threshold.

        Args:
            chosen: Whether each row counts: shape `(rows,)`.
        """
        positive, called = self.labels[chosen] == 1, self.called[chosen]
        return ConfusionMatrix(
            tn=int((~positive & ~called).sum()),
            fp=int((~positive & called).sum()),
            fn=int((positive & ~called).sum()),
            tp=int((positive & called).sum()),
        )

    def at(self, threshold: float) -> "ScoredRows":
        """Return the same rows at another threshold. What does not depend on it is not worked out again."""
        rows = replace(self, threshold=threshold)
        rows._curve = self._curve  # noqa: SLF001 - its own class
        return rows

    @cached_property
    def _curve(self) -> tuple[np.ndarray, ...]:
        curve: tuple[np.ndarray, ...] = scikit.confusion_matrix_at_thresholds(self.labels, self.scores)
        return curve

    @cached_property
    def blocks(self) -> tuple[np.ndarray, np.ndarray]:
        """Positives, and negatives, at each distinct score, the highest first: shape `(scores,)` each."""
        _, fps, _, tps, _ = self._curve
        return np.diff(tps, prepend=0), np.diff(fps, prepend=0)

    @cached_property
    def block_of_rows(self) -> np.ndarray:
        """The block that each row is in, by its place in `blocks`: shape `(rows,)`."""
        return np.searchsorted(-self.distinct_scores, -self.scores)

    @property
    def called(self) -> np.ndarray:
        """Whether each row is predicted positive: shape `(rows,)`."""
        called: np.ndarray = self.scores >= self.threshold
        return called

    @property
    def distinct_scores(self) -> np.ndarray:
        """The scores that occur, the highest first: those of `blocks`."""
        return self._curve[4]

    @cached_property
    def _recalls(self) -> np.ndarray:
        # From the threshold that nothing reaches down.
        return np.concatenate([[0], self._curve[3] / self.positives])

    @property
    def roc_auc(self) -> float:
        """Area under the ROC curve, by the trapezoidal rule."""
        false_positives = np.concatenate([[0], self._curve[1] / (len(self.labels) - self.positives)])
        return float(scikit.auc(false_positives, self._recalls))

    @property
    def average_precision(self) -> float:
        """Precision at each threshold, weighted with the recall that it adds."""
        _, fps, _, tps, _ = self._curve
        return float(np.sum(np.diff(self._recalls) * tps / (tps + fps)))

    @cached_property
    def log_losses(self) -> np.ndarray:
        """Minus the natural logarithm of the score that was given to what was observed, row by row.

        Scores are kept off 0 and 1 by the smallest step of their type, as scikit-learn's `log_loss` does.
        """
        given = np.where(self.labels == 1, self.scores, 1 - self.scores)
        losses: np.ndarray = -np.log(np.clip(given, np.finfo(self.scores.dtype).eps, 1))
        return losses

    @cached_property
    def squared_errors(self) -> np.ndarray:
        """Squared difference of score and label, row by row."""
        errors: np.ndarray = (self.scores - self.labels) ** 2
        return errors

    @property
    def log_loss(self) -> float:
        """Mean of the log losses."""
        return float(self.log_losses.mean())

    @property
    def brier_score(self) -> float:
        """Mean of the squared errors."""
        return float(self.squared_errors.mean())

    @property
    def ks(self) -> float:
        """Largest distance of the true positive rate from the false positive rate, over all thresholds."""
        false_positives = self._curve[1] / (len(self.labels) - self.positives)
        return float(np.max(self._recalls[1:] - false_positives, initial=0))

    @property
    def brier_skill(self) -> float:
        """How much of the Brier score of the share of positives the scores do away with.

        G. Brier's score as a skill: D. Wilks, Statistical Methods in the Atmospheric Sciences (2011), 8.1.4.
        """
        share = self.positives / len(self.labels)
        return 1 - self.brier_score / (share * (1 - share))

    @property
    def brier_skill_interval(self) -> Interval | None:
        """Its interval, by the part that each row has in what is left of that score."""
        left = 1 - self.brier_skill
        found = spread_interval(left, left - self.brier_skill_parts, LOG) if left > 0 else None
        return found and Interval(low=1 - found.high, high=1 - found.low)

    @property
    def brier_skill_parts(self) -> np.ndarray:
        """The part of each row in the Brier skill, less the skill itself: shape `(rows,)`.

        With Brier score b of squared errors e, share of positives p and u = p (1 - p), what is left is b / u.
        Its part is (e - b) / u - (b / u) (1 - 2 p) (y - p) / u, where y is the row's label.
        """
        share = self.labels.mean()
        without = share * (1 - share)
        of_share = (1 - self.brier_skill) * (1 - 2 * share) * (self.labels - share)
        parts: np.ndarray = (of_share - (self.squared_errors - self.brier_score)) / without
        return parts

    @property
    def mcc_parts(self) -> np.ndarray:
        """The part of each row in Matthews' correlation m, less m itself: shape `(rows,)`.

        With label and prediction standardized to a and b, it is a b - m (a² + b²) / 2, as of any correlation.
        """
        label, called = (
            (values - values.mean()) / values.std() for values in (self.labels, self.called.astype(float))
        )
        correlation = np.mean(label * called)
        parts: np.ndarray = label * called - correlation * (label**2 + called**2) / 2
        return parts

    @property
    def mcc_interval(self) -> Interval | None:
        """Its interval, on the scale of Fisher's z; None where it is not defined, or is 1 or -1."""
        value = self.confusion_matrix.mcc
        if value is None or not -1 < value < 1:
            return None
        return spread_interval(value, self.mcc_parts, FISHER)

    @property
    def roc_auc_interval(self) -> Interval:
        """Its interval."""
        return roc_auc_interval(self)

    @property
    def average_precision_interval(self) -> Interval | None:
        """Its interval."""
        return average_precision_interval(self)

    @property
    def reach(self) -> float:
        """Share of all positives that are in the fifth of the rows with the highest scores."""
        return reach(self)

    @property
    def reach_interval(self) -> Interval | None:
        """Its interval."""
        return reach_interval(self)

    @staticmethod
    def interval_of_mean(values: np.ndarray) -> Interval | None:
        """Compute the interval of a mean of values that are not below 0, one a row."""
        return spread_interval(float(values.mean()), values, LOG)
