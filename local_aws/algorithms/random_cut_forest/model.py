"""The model of Random Cut Forest: trees of random cuts, and the score of a row in them.

Source: Guha et al. 2016, "Robust random cut forest based anomaly detection on streams"; the functions of
depth and mass are those of AWS's own library, github.com/aws/random-cut-forest-by-aws, CommonUtils.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

_Array = np.ndarray[Any, Any]
# As many numbers are held at a time: rows by trees by features.
_MOST_NUMBERS = 4_000_000


@dataclass(frozen=True)
class RandomCutForest:
    """Trees over samples of the rows, with all nodes in one table."""

    roots: _Array
    """The node at which each tree begins, of shape (trees,)."""
    children: _Array
    """The two nodes below each node, of shape (nodes, 2). A leaf has itself twice."""
    dimension: _Array
    """The feature that each node cuts, of shape (nodes,)."""
    cut: _Array
    """Where it cuts: rows with at most this value are below the first child. Of shape (nodes,)."""
    low: _Array
    """The least values of the points below each node, of shape (nodes, features)."""
    high: _Array
    """Their largest values, of shape (nodes, features)."""
    mass: _Array
    """How many points are below each node, of shape (nodes,)."""

    @property
    def width(self) -> int:
        """The number of features of a row."""
        width: int = self.low.shape[1]
        return width

    def score(self, features: _Array) -> _Array:
        """Return the anomaly score of each row: about 1 or less where it is as others are.

        Args:
            features: Features of the rows, shape (rows, features).
        """
        size = max(1, _MOST_NUMBERS // (len(self.roots) * self.width))
        pieces = [self._score(features[start : start + size]) for start in range(0, len(features), size)]
        return np.concatenate(pieces)

    def _score(self, features: _Array) -> _Array:
        # One entry for each row in each tree: the node where it is, and the chance that no cut above the node
        # has set it apart.
        points = np.repeat(features.astype(np.float32), len(self.roots), axis=0)
        node = np.tile(self.roots, len(features))
        mass = self.mass[node]
        score, chance = np.zeros(len(node)), np.ones(len(node))
        under_way, depth = np.arange(len(node)), 0
        while under_way.size:
            here, point = node[under_way], points[under_way]
            apart = self._chance_apart(here, point)
            score[under_way] += chance[under_way] * apart / (depth + 1)
            chance[under_way] *= 1 - apart
            is_leaf = self.children[here, 0] == here
            # A leaf's box is one point: only a row that is equal to it has a chance left.
            seen, leaf_mass = under_way[is_leaf], self.mass[here[is_leaf]]
            damping = 1 - leaf_mass / (2 * mass[seen])
            score[seen] += chance[seen] * damping / (depth + np.log2(leaf_mass + 1))
            goes_right = point[np.arange(len(here)), self.dimension[here]] > self.cut[here]
            node[under_way] = self.children[here, goes_right.astype(int)]
            under_way, depth = under_way[~is_leaf], depth + 1
        of_trees = (score * np.log2(mass + 1)).reshape(len(features), -1)
        means: _Array = of_trees.mean(axis=1)
        return means

    def _chance_apart(self, node: _Array, point: _Array) -> _Array:
        """Return the chance that a cut of the node's box, widened to the point, sets the point apart."""
        low, high = self.low[node], self.high[node]
        beyond = np.maximum(low - point, 0).sum(axis=1) + np.maximum(point - high, 0).sum(axis=1)
        whole = (high - low).sum(axis=1) + beyond
        chance: _Array = np.where(whole > 0, beyond / np.where(whole > 0, whole, 1), 0.0).astype(float)
        return chance

    def predict(self, features: _Array, is_verbose: bool) -> list[dict[str, Any]]:  # noqa: ARG002 - no longer answer
        """Score each row."""
        return [{"score": score} for score in self.score(features).tolist()]
