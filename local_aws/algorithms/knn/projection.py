"""The dimension reductions of k-NN: linear maps that nearly keep distances.

Source: "How the k-NN algorithm works" in the SageMaker developer guide.
"""

from typing import Any

import numpy as np
from scipy.fft import dct  # type: ignore[import-untyped]

_SEED = 0


def projection(method: str, dimensions: int, target: int) -> np.ndarray[Any, Any]:
    """Return a matrix that rows of features are multiplied with.

    Args:
        method: "sign" is a matrix of random signs (Achlioptas 2003). "fjlt" is the fast
            Johnson-Lindenstrauss transform (Ailon and Chazelle 2009), with a cosine transform in place of the
            Hadamard matrix.
        dimensions: The number of features of a row.
        target: The number of features after the reduction.

    Returns:
        The matrix, of shape (dimensions, target).
    """
    random = np.random.default_rng(_SEED)
    if method == "sign":
        signs: np.ndarray[Any, Any] = random.choice([-1.0, 1.0], (dimensions, target)) / np.sqrt(target)
        return signs
    flipped = np.diag(random.choice([-1.0, 1.0], dimensions))
    kept = random.choice(dimensions, target, replace=False)
    spread: np.ndarray[Any, Any] = dct(flipped, axis=1, norm="ortho")[:, kept] * np.sqrt(dimensions / target)
    return spread
