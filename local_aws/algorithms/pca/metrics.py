"""The metric that SageMaker reads from the log of PCA. No tuning job can ask for it."""

from local_aws.algorithms.toolkit.metric_log import THROUGHPUT

METRICS = ()
OTHER_METRICS = (THROUGHPUT,)
