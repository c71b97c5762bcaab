"""The metric that the tests of tuning judge by."""

import re
from typing import Literal

from local_aws.algorithms.metric import Metric


def metric(direction: Literal["Maximize", "Minimize"]) -> Metric:
    """Return `validation:auc`, with the direction that a test needs."""
    return Metric("validation:auc", direction, re.compile("(.*)"))
