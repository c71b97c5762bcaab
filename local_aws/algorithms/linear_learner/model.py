"""The model of Linear Learner: weights, bias, and how a score becomes a prediction."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import expit, softmax  # type: ignore[import-untyped]

_Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class LinearModel:
    """A linear function, or a linear threshold function."""

    predictor_type: str
    """The kind: "binary_classifier", "multiclass_classifier" or "regressor"."""
    loss: str
    """The loss that it was trained with. "logistic" and "softmax_loss" turn scores into probabilities."""
    threshold: float
    """The score from which a binary classifier predicts 1."""
    weights: _Array
    """The weights, of shape (features, outputs). There is one output, or one for each of several classes."""
    bias: _Array
    """The bias of each output, of shape (outputs,)."""

    @property
    def width(self) -> int:
        """The number of features of a row."""
        width: int = self.weights.shape[0]
        return width

    def score(self, features: _Array) -> _Array:
        """Return the scores.

        Args:
            features: Features of the rows, shape (rows, features).

        Returns:
            A score for each row, of shape (rows,); of shape (rows, classes) where there are several classes.
        """
        raw: _Array = features @ self.weights + self.bias
        if self.loss == "softmax_loss":
            probabilities: _Array = softmax(raw, axis=1)
            return probabilities
        scores: _Array = expit(raw[:, 0]) if self.loss == "logistic" else raw[:, 0]
        return scores

    def labels(self, scores: _Array) -> _Array:
        """Return the class that follows from each row's scores."""
        if self.predictor_type == "multiclass_classifier":
            likeliest: _Array = scores.argmax(axis=1)
            return likeliest
        return (scores >= self.threshold).astype(int)

    def predict(self, features: _Array, is_verbose: bool) -> list[dict[str, Any]]:  # noqa: ARG002 - no longer answer
        """Predict each row."""
        scores = self.score(features)
        if self.predictor_type == "regressor":
            return [{"score": score} for score in scores.tolist()]
        return [
            {"score": score, "predicted_label": label}
            for score, label in zip(scores.tolist(), self.labels(scores).tolist(), strict=True)
        ]
