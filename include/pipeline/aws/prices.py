"""What instances cost, roughly: enough to see which leftover hurts."""

from collections.abc import Mapping
from typing import Any

# USD an hour, on demand, us-east-1: https://aws.amazon.com/sagemaker/pricing/
_USD_PER_HOUR = {
    "ml.t2.medium": 0.056,
    "ml.m4.xlarge": 0.28,
    "ml.m5.large": 0.115,
    "ml.m5.xlarge": 0.23,
    "ml.m5.2xlarge": 0.461,
    "ml.m5.4xlarge": 0.922,
    "ml.c5.large": 0.102,
    "ml.c5.xlarge": 0.204,
    "ml.c5.2xlarge": 0.408,
    "ml.c5.4xlarge": 0.816,
}


def usd_per_day(instances: Mapping[str, Any]) -> float | None:
    """Price instances for a day.

    Args:
        instances: A production variant or a training job's ResourceConfig: `InstanceType`, with
            `InitialInstanceCount` or `InstanceCount`.

    Returns:
        USD, or None where the type's price is not known here.
    """
    price = _USD_PER_HOUR.get(instances.get("InstanceType", ""))
    if price is None:
        return None
    count: int = instances.get("InitialInstanceCount", instances.get("InstanceCount", 1))
    return price * count * 24
