"""The metric that SageMaker reads from the log of Random Cut Forest, and that a tuning job can ask for.

Source: "Tune an RCF model" in the SageMaker developer guide.
"""

from local_aws.algorithms.toolkit.metric_log import THROUGHPUT, score_metric

METRICS = (score_metric("test", "f1"),)
OTHER_METRICS = (THROUGHPUT,)
