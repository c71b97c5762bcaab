"""Rows with their labels and scores: what every figure is computed from."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from sklearn import metrics as scikit

from include.pipeline.figures.confusion_matrix import ConfusionMatrix


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

    @property
    def log_loss(self) -> float:
        """Mean of minus the natural logarithm of the score that was given to what was observed.

        Scores are kept off 0 and 1 by the smallest step of their type, as scikit-learn's `log_loss` does.
        """
        given = np.where(self.labels == 1, self.scores, 1 - self.scores)
        return float(-np.log(np.clip(given, np.finfo(self.scores.dtype).eps, 1)).mean())

    @property
    def brier_score(self) -> float:
        """Mean squared difference of score and label."""
        return float(((self.scores - self.labels) ** 2).mean())
