"""The confusion matrix, and the figures that come of its four counts alone."""

import math

from include.pipeline.document import Document


class ConfusionMatrix(Document):
    """Rows counted by what was observed and what the model predicted at the threshold."""

    tn: int
    """True negatives: observed negative, predicted negative."""
    fp: int
    """False positives: observed negative, predicted positive."""
    fn: int
    """False negatives: observed positive, predicted negative."""
    tp: int
    """True positives: observed positive, predicted positive."""

    @property
    def rows(self) -> int:
        """All rows."""
        return self.tn + self.fp + self.fn + self.tp

    @property
    def predicted_positive(self) -> int:
        """Rows whose score is at least the threshold."""
        return self.tp + self.fp

    @property
    def accuracy(self) -> float:
        """Share of right answers."""
        return (self.tp + self.tn) / self.rows

    @property
    def precision(self) -> float | None:
        """Share of positives among the predicted positives; None without any."""
        return self.tp / self.predicted_positive if self.predicted_positive else None

    @property
    def recall(self) -> float:
        """Share of the positives that were predicted positive; there has to be one."""
        return self.tp / (self.tp + self.fn)

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return 2 * self.tp / (2 * self.tp + self.fp + self.fn)

    @property
    def mcc(self) -> float | None:
        """Matthews' correlation of label and prediction; None where all rows have the same of either.

        B. Matthews, Comparison of the predicted and observed secondary structure of T4 phage lysozyme (1975).
        """
        product = math.sqrt(self.predicted_positive) * math.sqrt(self.tn + self.fn)
        product *= math.sqrt(self.tp + self.fn) * math.sqrt(self.tn + self.fp)
        return (self.tp * self.tn - self.fp * self.fn) / product if product else None
