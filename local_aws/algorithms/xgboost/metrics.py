"""The metrics that SageMaker reads from the built-in XGBoost's log: one for each evaluation metric.

Source: "Tune an XGBoost Model" in the SageMaker developer guide, and the container's own definitions.
"""

import re

from local_aws.algorithms.metric import Metric
from local_aws.algorithms.xgboost.metric_names import MAXIMIZED, MINIMIZED


# The container's own pattern ends in (\S+), which would take in a metric that follows on the line.
def _metrics_of(channel: str) -> tuple[Metric, ...]:
    return tuple(
        Metric(
            f"{channel}:{name}",
            "Maximize" if name in MAXIMIZED else "Minimize",
            re.compile(rf".*\[[0-9]+\].*#011{channel}-{re.escape(name)}:(\S+?)(#011|\s|$)"),
        )
        for name in (*MAXIMIZED, *MINIMIZED)
    )


METRICS = _metrics_of("validation")
OTHER_METRICS = _metrics_of("train")
