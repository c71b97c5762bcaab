"""Scores of a model that is exactly calibrated, of which every figure on endless rows is known."""

from dataclasses import dataclass

import numpy as np
from scipy import special, stats

_POINTS = 400_001
COST, VALUE = 5, 50
"""Of a call, and of a true positive, in the profit of one row."""


@dataclass(frozen=True)
class MadeUpScores:
    """Signals are normal, those of positives higher than those of negatives; the score is the chance of a 1.

    D. Green, J. Swets, Signal Detection Theory and Psychophysics (1966): the equal-variance normal model.
    """

    share: float
    """Share of positives."""
    roc_auc: float

    @property
    def _distance(self) -> float:
        return float(np.sqrt(2) * stats.norm.ppf(self.roc_auc))

    def draw(self, rows: int, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Draw labels and scores of so many rows."""
        labels = (random.random(rows) < self.share).astype(int)
        return labels, self._scores(random.normal(size=rows) + self._distance * labels)

    def draw_pair(
        self, rows: int, alike: float, random: np.random.Generator
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Draw labels, and the scores of two equal models whose signals go together, by their correlation."""
        labels = (random.random(rows) < self.share).astype(int)
        common = np.sqrt(alike) * random.normal(size=rows) + self._distance * labels
        first, second = (
            self._scores(common + np.sqrt(1 - alike) * random.normal(size=rows)) for _ in range(2)
        )
        return labels, first, second

    def figures(self, threshold: float) -> dict[str, float]:
        """Integrate what each figure is on endless rows."""
        signals = np.linspace(-9, 13, _POINTS)
        step = signals[1] - signals[0]
        negatives = stats.norm.pdf(signals) * step * (1 - self.share)
        positives = stats.norm.pdf(signals - self._distance) * step * self.share
        scores = self._scores(signals)
        called = scores >= threshold
        tp, fp = positives[called].sum(), negatives[called].sum()
        fn, tn = self.share - tp, negatives[~called].sum()
        brier = (positives * (1 - scores) ** 2 + negatives * scores**2).sum()
        reached, called_of_all = (np.cumsum(mass[::-1])[::-1] for mass in (positives, positives + negatives))
        given, missed = (special.log_expit(sign * self._log_odds(signals)) for sign in (1, -1))
        return {
            "accuracy": float(tp + tn),
            "precision": float(tp / (tp + fp)),
            "recall": float(tp / self.share),
            "f1": float(2 * tp / (tp + fp + self.share)),
            "roc_auc": self.roc_auc,
            "average_precision": float((positives * reached / called_of_all).sum() / self.share),
            "log_loss": float(-(positives * given + negatives * missed).sum()),
            "brier_score": float(brier),
            # The score above which a fifth of the rows are.
            "reach": float(np.interp(0.2, called_of_all[::-1], reached[::-1]) / self.share),
            "mcc": float(
                (tp * tn - fp * fn) / np.sqrt((tp + fp) * (tn + fn) * self.share * (1 - self.share))
            ),
            "gini": 2 * self.roc_auc - 1,
            "ks": float(stats.norm.cdf(self._distance / 2) - stats.norm.cdf(-self._distance / 2)),
            "brier_skill": float(1 - brier / (self.share * (1 - self.share))),
            "profit": float(VALUE * tp - COST * (tp + fp)),
        }

    def _log_odds(self, signals: np.ndarray) -> np.ndarray:
        # By Bayes: the odds of the classes, times how much likelier the signal is of a positive.
        odds: np.ndarray = special.logit(self.share) + self._distance * signals - self._distance**2 / 2
        return odds

    def _scores(self, signals: np.ndarray) -> np.ndarray:
        scores: np.ndarray = special.expit(self._log_odds(signals))
        return scores
