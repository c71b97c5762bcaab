"""The model of k-means: its centers, and the search for the nearest."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.metrics import pairwise_distances_argmin_min

_Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class KMeansModel:
    """Clusters of points, each of those that are nearest to one center."""

    centers: _Array
    """The centers, of shape (clusters, features)."""

    @property
    def width(self) -> int:
        """The number of features of a row."""
        width: int = self.centers.shape[1]
        return width

    def nearest(self, features: _Array) -> tuple[_Array, _Array]:
        """Return each row's nearest center, and the Euclidean distance to it.

        Args:
            features: Features of the rows, shape (rows, features).
        """
        found: tuple[_Array, _Array] = pairwise_distances_argmin_min(features, self.centers)
        return found

    def predict(self, features: _Array, is_verbose: bool) -> list[dict[str, Any]]:  # noqa: ARG002 - no longer answer
        """Tell each row's cluster."""
        clusters, distances = self.nearest(features)
        return [
            {"closest_cluster": float(cluster), "distance_to_cluster": distance}
            for cluster, distance in zip(clusters.tolist(), distances.tolist(), strict=True)
        ]
