"""The model of k-NN: the sampled points, their labels, and the search among them."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy import stats  # type: ignore[import-untyped]
from sklearn.neighbors import NearestNeighbors

_Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class KnnModel:
    """A model that predicts by the k nearest points."""

    k: int
    """The number of neighbours that decide."""
    predictor_type: str
    """The kind: "classifier" or "regressor".

    A classifier predicts the most frequent label, and the smallest of equally frequent ones; a regressor
    predicts the mean of the labels.
    """
    index_metric: str
    """The distance: "L2", "COSINE" or "INNER_PRODUCT"."""
    points: _Array
    """The sampled points after the projection, of shape (points, dimensions)."""
    labels: _Array
    """The label of each point, of shape (points,)."""
    projection: _Array
    """The matrix that rows of features are multiplied with, of shape (features, dimensions).

    The identity where nothing is reduced.
    """

    @property
    def width(self) -> int:
        """The number of features of a row."""
        width: int = self.projection.shape[0]
        return width

    @cached_property
    def _search(self) -> NearestNeighbors:
        metric = "cosine" if self.index_metric == "COSINE" else "euclidean"
        return NearestNeighbors(n_neighbors=self.k, algorithm="brute", metric=metric).fit(
            self._searchable(self.points)
        )

    @cached_property
    def _longest(self) -> float:
        return float(np.linalg.norm(self.points, axis=1).max())

    def _searchable(self, points: _Array) -> _Array:
        """Return the points as the search is to see them.

        Where the metric is the inner product, one more coordinate makes all points equally long. The nearest
        points are then those with the largest inner product (Bachrach et al. 2014).
        """
        if self.index_metric != "INNER_PRODUCT":
            return points
        missing = self._longest**2 - np.einsum("ij,ij->i", points, points)
        return np.column_stack([points, np.sqrt(np.maximum(missing, 0.0))])

    def neighbours(self, features: _Array) -> tuple[_Array, _Array]:
        """Find the k nearest points of each row.

        Args:
            features: Features of the rows, shape (rows, features).

        Returns:
            Their distances, the smallest first, and their labels, both of shape (rows, k). The distance of an
            inner product is its negative.
        """
        queries = features @ self.projection
        if self.index_metric == "INNER_PRODUCT":
            _, found = self._search.kneighbors(np.column_stack([queries, np.zeros(len(queries))]))
            distances = -np.einsum("ij,ikj->ik", queries, self.points[found])
        else:
            distances, found = self._search.kneighbors(queries)
        return distances, self.labels[found]

    def decide(self, labels: _Array) -> _Array:
        """Return a prediction for each row of neighbours' labels."""
        decided: _Array = (
            labels.mean(axis=1) if self.predictor_type == "regressor" else stats.mode(labels, axis=1).mode
        )
        return decided

    def predict(self, features: _Array, is_verbose: bool) -> list[dict[str, Any]]:
        """Predict each row. A verbose answer also holds the distances and labels of the neighbours."""
        distances, labels = self.neighbours(features)
        predictions: list[dict[str, Any]] = [
            {"predicted_label": label} for label in self.decide(labels).tolist()
        ]
        if is_verbose:
            for prediction, distance, label in zip(
                predictions, distances.tolist(), labels.tolist(), strict=True
            ):
                prediction.update(distances=distance, labels=label)
        return predictions
