"""The model of Factorization Machines: bias, weights and factors, and how a score becomes a prediction.

Source: Rendle 2010, "Factorization Machines", equation 1 and lemma 3.1.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import expit  # type: ignore[import-untyped]

_Array = np.ndarray[Any, Any]
THRESHOLD = 0.5


@dataclass(frozen=True)
class FactorizationMachine:
    """A polynomial of the second degree: the coefficient of x_i x_j is the product of their factors."""

    predictor_type: str
    """The kind: "binary_classifier" or "regressor"."""
    bias: _Array
    """The constant term, of shape (1,)."""
    weights: _Array
    """The coefficients of the features, of shape (features,)."""
    factors: _Array
    """The factors of the features, of shape (features, factors)."""

    @property
    def width(self) -> int:
        """The number of features of a row."""
        return len(self.weights)

    @property
    def parameters(self) -> dict[str, _Array]:
        """The arrays that are trained, by the part of the model that names their hyperparameters."""
        return {"bias": self.bias, "linear": self.weights, "factors": self.factors}

    def polynomial(self, features: Any) -> _Array:
        """Return the polynomial's value for each row.

        Args:
            features: Features of the rows, shape (rows, features): an array or a CSR matrix.
        """
        sums = features @ self.factors
        squares = _squared(features) @ np.square(self.factors)
        interactions = (np.square(sums) - squares).sum(axis=1) / 2
        values: _Array = self.bias + features @ self.weights + interactions
        return values

    def score(self, features: Any) -> _Array:
        """Return each row's score: of a classifier the probability of 1, of a regressor the prediction."""
        values = self.polynomial(features)
        scores: _Array = expit(values) if self.predictor_type == "binary_classifier" else values
        return scores

    def gradients(self, features: Any, labels: _Array) -> dict[str, _Array]:
        """Return the gradients of the summed loss, by part: cross entropy, or half the squared error.

        Args:
            features: Features of the rows, shape (rows, features): an array or a CSR matrix.
            labels: The label of each row.
        """
        # That of either loss by the polynomial is the same.
        slope = (self.score(features) - labels).astype(self.factors.dtype)
        own = (_squared(features).T @ slope)[:, None] * self.factors
        shared = features.T @ (slope[:, None] * (features @ self.factors))
        return {"bias": slope.sum(keepdims=True), "linear": features.T @ slope, "factors": shared - own}

    def predict(self, features: Any, is_verbose: bool) -> list[dict[str, Any]]:  # noqa: ARG002 - no longer answer
        """Predict each row."""
        scores = self.score(features)
        if self.predictor_type == "regressor":
            return [{"score": score} for score in scores.tolist()]
        return [{"score": score, "predicted_label": int(score >= THRESHOLD)} for score in scores.tolist()]


def _squared(features: Any) -> Any:
    return np.square(features) if isinstance(features, np.ndarray) else features.multiply(features).tocsr()
