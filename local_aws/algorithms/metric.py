"""A metric that an algorithm writes to its log."""

import re
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Metric:
    """How a metric is found in a log line, and which way is better.

    Attributes:
        name: For instance `validation:auc`.
        direction: The objective type that suits it.
        regex: Its first group is the value. It matches the beginning of a line, as
            CloudWatch shows that.
    """

    name: str
    direction: Literal["Maximize", "Minimize"]
    regex: re.Pattern[str]

    def is_as_good(self, value: float, other: float) -> bool:
        """Whether a value is at least as good as another."""
        return value >= other if self.direction == "Maximize" else value <= other
