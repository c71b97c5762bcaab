"""Grow a forest: each tree over a sample of the rows, cut at random until each part is one point.

Source: definition 1 of Guha et al. 2016, "Robust random cut forest based anomaly detection on streams".
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from local_aws.algorithms.random_cut_forest.model import RandomCutForest

_Array = np.ndarray[Any, Any]


@dataclass
class _Nodes:
    """The table of nodes while it grows, a list a column."""

    children: list[list[int]] = field(default_factory=list)
    dimension: list[int] = field(default_factory=list)
    cut: list[float] = field(default_factory=list)
    low: list[_Array] = field(default_factory=list)
    high: list[_Array] = field(default_factory=list)
    mass: list[int] = field(default_factory=list)

    def add(self, points: _Array) -> int:
        """Add a leaf over some points, and return its number."""
        number = len(self.mass)
        self.children.append([number, number])
        self.dimension.append(0)
        self.cut.append(np.inf)
        self.low.append(points.min(axis=0))
        self.high.append(points.max(axis=0))
        self.mass.append(len(points))
        return number


def grow(features: _Array, trees: int, samples: int, random: np.random.Generator) -> RandomCutForest:
    """Grow a forest.

    Args:
        features: Features of the rows, shape (rows, features).
        trees: The number of trees.
        samples: How many rows each tree sees. They are drawn without replacement.
        random: What draws rows and cuts.
    """
    points = features.astype(np.float32)
    nodes = _Nodes()
    roots = [
        _grow_tree(points[random.permutation(len(points))[:samples]], nodes, random) for _ in range(trees)
    ]
    return RandomCutForest(
        np.array(roots),
        np.array(nodes.children),
        np.array(nodes.dimension),
        np.array(nodes.cut),
        np.array(nodes.low),
        np.array(nodes.high),
        np.array(nodes.mass),
    )


def _grow_tree(points: _Array, nodes: _Nodes, random: np.random.Generator) -> int:
    root = nodes.add(points)
    to_cut = [(root, points)]
    while to_cut:
        node, inside = to_cut.pop()
        lengths = np.cumsum((nodes.high[node] - nodes.low[node]).astype(float))
        if not lengths[-1]:
            continue
        # A place on all sides of the box laid end to end: a long side is cut more often.
        place = random.uniform(0, lengths[-1])
        # The first that reaches the whole length is the last side that has any.
        dimension = min(int(np.searchsorted(lengths, place, side="right")), int(np.argmax(lengths)))
        into = place - (lengths[dimension - 1] if dimension else 0.0)
        cut = float(nodes.low[node][dimension]) + into
        # Rounding must leave a point on either side.
        cut = min(cut, float(np.nextafter(nodes.high[node][dimension], np.float32(-np.inf))))
        goes_right = inside[:, dimension] > cut
        parts = inside[~goes_right], inside[goes_right]
        nodes.dimension[node], nodes.cut[node] = dimension, cut
        nodes.children[node] = [nodes.add(part) for part in parts]
        to_cut.extend(zip(nodes.children[node], parts, strict=True))
    return root
