"""The metrics that SageMaker reads from k-NN's log: one for each predictor_type.

Source: "Tune a k-NN model" in the SageMaker developer guide.
"""

from local_aws.algorithms.toolkit.metric_log import loss_metric, score_metric

METRICS = (score_metric("test", "accuracy"), loss_metric("test", "mse"))
