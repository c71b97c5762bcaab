"""The three steps of Amazon's k-means: initial centers, mini-batches, and fewer centers at the end.

Source: "How k-means clustering works" in the SageMaker developer guide; Sculley 2010, "Web-scale k-means
clustering".
"""

from typing import Any

import numpy as np
from sklearn.cluster import KMeans, kmeans_plusplus
from sklearn.metrics import pairwise_distances_argmin

_SEED = 0
# The values of "auto".
_EXTRA_CENTERS = 4
_TRIALS = 10
_Array = np.ndarray[Any, Any]


def find_centers(features: _Array, hyperparameters: dict[str, Any]) -> _Array:
    """Return k centers of the rows.

    Args:
        features: Features of the rows, shape (rows, features), with at least k distinct rows.
        hyperparameters: The job's hyperparameters.
    """
    k, factor = hyperparameters["k"], hyperparameters["extra_center_factor"]
    extended = min(k * (_EXTRA_CENTERS if factor == "auto" else factor), len(features))
    centers = _initial(features, extended, hyperparameters["init_method"])
    centers, weights = _in_batches(features, centers, hyperparameters)
    trials = hyperparameters["local_lloyd_num_trials"]
    lloyd = KMeans(
        k,
        init=_sklearn_name(hyperparameters["local_lloyd_init_method"]),
        n_init=_TRIALS if trials == "auto" else trials,
        max_iter=hyperparameters["local_lloyd_max_iter"],
        tol=hyperparameters["local_lloyd_tol"],
        random_state=_SEED,
    )
    if len(centers) == k:
        return centers
    found: _Array = lloyd.fit(centers, sample_weight=weights).cluster_centers_
    return found


def _sklearn_name(method: str) -> Any:
    return "k-means++" if method == "kmeans++" else method


def _initial(features: _Array, count: int, method: str) -> _Array:
    if method == "kmeans++":
        centers: _Array = kmeans_plusplus(features, count, random_state=_SEED)[0]
        return centers
    chosen: _Array = features[np.random.default_rng(_SEED).choice(len(features), count, replace=False)]
    return chosen


def _in_batches(features: _Array, centers: _Array, hyperparameters: dict[str, Any]) -> tuple[_Array, _Array]:
    """Move each center to the mean of its points, batch by batch; return the centers, and their weights."""
    size, half_life = hyperparameters["mini_batch_size"], hyperparameters["half_life_time_size"]
    weights, sums = np.zeros(len(centers)), np.zeros_like(centers)
    for _ in range(hyperparameters["epochs"]):
        for start in range(0, len(features), size):
            batch = features[start : start + size]
            nearest = pairwise_distances_argmin(batch, centers)
            kept = 0.5 ** (len(batch) / half_life) if half_life else 1.0
            weights = kept * weights + np.bincount(nearest, minlength=len(centers))
            sums *= kept
            np.add.at(sums, nearest, batch)
            has_points = weights > 0
            centers = np.where(has_points[:, None], sums / np.where(has_points, weights, 1)[:, None], centers)
    return centers, weights
