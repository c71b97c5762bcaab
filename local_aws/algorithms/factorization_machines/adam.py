"""Adam (Kingma and Ba 2015), with the weight decay, rescaling and clipping of MXNet, on which the image runs.

Source: mxnet.optimizer.Adam and its operator adam_update.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

_Array = np.ndarray[Any, Any]
_BETA_1, _BETA_2 = 0.9, 0.999
_EPS = 1e-8


@dataclass
class Adam:
    """The state of one array's optimization."""

    rate: float
    """The learning rate."""
    decay: float
    """The weight decay: an L2 penalty, as part of the gradient."""
    eps: float | None = None
    """What keeps the division from zero. MXNet's default where it is None."""
    clip: float | None = None
    """The largest absolute value of a gradient's elements."""
    _mean: _Array | float = 0.0
    _variance: _Array | float = 0.0
    _steps: int = field(default=0)

    def update(self, values: _Array, gradient: _Array) -> None:
        """Take one step, in place.

        Args:
            values: The array.
            gradient: The gradient of the loss by it, rescaled.
        """
        self._steps += 1
        step = gradient + self.decay * values
        if self.clip is not None:
            step = np.clip(step, -abs(self.clip), abs(self.clip))
        self._mean = _BETA_1 * self._mean + (1 - _BETA_1) * step
        self._variance = _BETA_2 * self._variance + (1 - _BETA_2) * np.square(step)
        rate = self.rate * np.sqrt(1 - _BETA_2**self._steps) / (1 - _BETA_1**self._steps)
        values -= rate * self._mean / (np.sqrt(self._variance) + (_EPS if self.eps is None else self.eps))
