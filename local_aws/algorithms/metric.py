"""A metric that an algorithm writes to its log."""

import re
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Metric:
    """How a metric is found in a log line, and whether larger or smaller values are better."""

    name: str
    """The name in the API, for instance `validation:auc`."""
    direction: Literal["Maximize", "Minimize"]
    """The objective type: whether a larger or a smaller value is better."""
    regex: re.Pattern[str]
    """The pattern of a log line.

    It matches the beginning of the line, as CloudWatch shows it. Its first group is the value.
    """

    def is_as_good(self, value: float, other: float) -> bool:
        """Tell whether a value is at least as good as another."""
        return value >= other if self.direction == "Maximize" else value <= other
