"""The metrics that SageMaker reads from the log of k-means.

Source: "Tune a k-means model" in the SageMaker developer guide.
"""

from local_aws.algorithms.toolkit.metric_log import THROUGHPUT, loss_metric

METRICS = (loss_metric("test", "msd"), loss_metric("test", "ssd"))
OTHER_METRICS = (loss_metric("train", "msd"), loss_metric("train", "ssd"), THROUGHPUT)
