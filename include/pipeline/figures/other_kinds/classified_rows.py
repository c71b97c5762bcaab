"""Rows with their classes and a score of each, where the label is one of several classes."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from include.pipeline.figures.confusion_matrix import ConfusionMatrix
from include.pipeline.figures.interval import Interval
from include.pipeline.figures.paired_rows import of_shares
from include.pipeline.figures.share_interval import wilson
from include.pipeline.figures.spread_interval import LOG, LOGIT, PLAIN, spread_interval


@dataclass(eq=False)
class ClassifiedRows:
    """Rows of which the class is known and the model has given a probability of each."""

    labels: np.ndarray
    """Number of the class, from 0 on: shape `(rows,)`."""
    scores: np.ndarray
    """Probabilities: shape `(rows, classes)`."""

    def by_shares(self) -> "ClassifiedRows":
        """Return the same rows with the share of each class as its score in every row: the baseline."""
        classes = self.scores.shape[1]
        shares = np.bincount(self.labels, minlength=classes) / len(self.labels)
        return ClassifiedRows(self.labels, np.tile(shares, (len(self.labels), 1)))

    @cached_property
    def predicted(self) -> np.ndarray:
        """The class with the highest probability; of several, the first."""
        found: np.ndarray = self.scores.argmax(axis=1)
        return found

    @cached_property
    def counts(self) -> np.ndarray:
        """Rows by observed and by predicted class: shape `(classes, classes)`."""
        classes = self.scores.shape[1]
        places = self.labels * classes + self.predicted
        return np.bincount(places, minlength=classes**2).reshape(classes, classes)

    def one_against_the_others(self, label: int) -> ConfusionMatrix:
        """Count the rows by whether they are of a class, and predicted so."""
        tp = int(self.counts[label, label])
        fn, fp = int(self.counts[label].sum()) - tp, int(self.counts[:, label].sum()) - tp
        return ConfusionMatrix(tn=len(self.labels) - tp - fn - fp, fp=fp, fn=fn, tp=tp)

    @property
    def accuracy(self) -> float:
        """Share of right answers."""
        return float((self.predicted == self.labels).mean())

    @cached_property
    def _counted(self) -> list[int]:
        """The classes that some row is of, or is predicted to be of."""
        return np.flatnonzero(self.counts.sum(axis=0) + self.counts.sum(axis=1)).tolist()

    @property
    def macro_f1(self) -> float:
        """Mean of the F1 of each class that some row is of, or is predicted to be of."""
        return float(np.mean([self.one_against_the_others(label).f1 for label in self._counted]))

    @property
    def macro_f1_parts(self) -> np.ndarray:
        """The part of each row in it: the mean, over the classes, of the row's part in the F1 of each.

        With F1 f, y and c that say whether a row is of the class and predicted so, and m the mean of y + c,
        it is f + (2 y c - f (y + c)) / m.
        """
        parts = np.zeros(len(self.labels))
        for label in self._counted:
            f1 = self.one_against_the_others(label).f1
            is_of, is_said = self.labels == label, self.predicted == label
            either = is_of.astype(float) + is_said
            parts += f1 + (2.0 * (is_of & is_said) - f1 * either) / either.mean()
        return parts / len(self._counted)

    @property
    def macro_f1_interval(self) -> Interval | None:
        """Its interval; where all answers are right, or none, that of a share of as many rows."""
        value = self.macro_f1
        found = spread_interval(value, self.macro_f1_parts, LOGIT) if 0 < value < 1 else None
        return found or wilson(value, len(self.labels))

    @cached_property
    def log_losses(self) -> np.ndarray:
        """Minus the natural logarithm of the score that was given to what was observed, row by row.

        Scores are kept off 0 by the smallest step of their type, as scikit-learn's `log_loss` does.
        """
        given = self.scores[np.arange(len(self.labels)), self.labels]
        losses: np.ndarray = -np.log(np.clip(given, np.finfo(self.scores.dtype).eps, 1))
        return losses

    @property
    def log_loss(self) -> float:
        """Mean of the log losses."""
        return float(self.log_losses.mean())

    @property
    def log_loss_interval(self) -> Interval | None:
        """Its interval; None where all answers are sure and right."""
        return spread_interval(self.log_loss, self.log_losses, LOG) if self.log_loss > 0 else None

    def accuracy_difference(self, other: "ClassifiedRows") -> Interval | None:
        """Compute the interval of another model's share of right answers, less the own."""
        return of_shares(self.predicted == self.labels, other.predicted == other.labels)

    @staticmethod
    def difference(first: np.ndarray, second: np.ndarray) -> Interval | None:
        """Compute the interval of the difference of two means by the parts of each row, the second's less."""
        parts = second - first
        return spread_interval(float(parts.mean()), parts, PLAIN)
