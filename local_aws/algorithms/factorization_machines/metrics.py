"""The metrics that SageMaker reads from the log of Factorization Machines, and that a tuning job can ask for.

Source: "Tune a factorization machines model" in the SageMaker developer guide.
"""

from local_aws.algorithms.toolkit.metric_log import loss_metric, score_metric

METRICS = (
    loss_metric("test", "rmse"),
    score_metric("test", "binary_classification_accuracy"),
    loss_metric("test", "binary_classification_cross_entropy"),
    score_metric("test", "binary_f_beta", r"binary_f_\S+"),
)
