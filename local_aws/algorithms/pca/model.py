"""The model of PCA: a mean, and the principal components as columns."""

from dataclasses import dataclass
from typing import Any

import numpy as np

_Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class PcaModel:
    """A projection onto the directions in which rows differ most."""

    mean: _Array
    """What is subtracted from each row, of shape (features,)."""
    v: _Array
    """The components, of shape (features, components). As in the image's model, the largest is the last."""
    s: _Array
    """The singular value of each component, the smallest first."""

    @property
    def width(self) -> int:
        """The number of features of a row."""
        return len(self.mean)

    def project(self, features: _Array) -> _Array:
        """Return the projections, of shape (rows, components).

        Args:
            features: Features of the rows, shape (rows, features).
        """
        projected: _Array = (features - self.mean) @ self.v
        return projected

    def predict(self, features: _Array, is_verbose: bool) -> list[dict[str, Any]]:  # noqa: ARG002 - no longer answer
        """Project each row."""
        return [{"projection": projection} for projection in self.project(features).tolist()]
