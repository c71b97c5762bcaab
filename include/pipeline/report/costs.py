"""What instances cost for as long as they run."""

from datetime import timedelta
from typing import Any

from include.pipeline.aws.prices import usd_per_day

_DAY = timedelta(days=1)


def cost(instances: dict[str, Any], time: timedelta) -> float | None:
    """Price instances for some time: USD, or None where their price is not known.

    SageMaker bills each instance for the job's billable seconds:
    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeTrainingJob.html
    """
    a_day = usd_per_day(instances)
    return None if a_day is None else a_day * (time / _DAY)
