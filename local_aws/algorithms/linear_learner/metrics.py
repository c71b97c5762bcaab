"""The metrics that SageMaker reads from Linear Learner's log, and that a tuning job can ask it for.

Source: "Tune a linear learner model" in the SageMaker developer guide, and the algorithm's own metric
definitions.
"""

from local_aws.algorithms.toolkit.metric_log import loss_metric, score_metric

METRICS = tuple(
    metric
    for data in ("validation", "test")
    for metric in (
        loss_metric(data, "objective_loss", r"\S+_objective"),
        score_metric(data, "binary_classification_accuracy"),
        score_metric(data, "binary_f_beta", r"binary_f_\S+"),
        score_metric(data, "precision"),
        score_metric(data, "recall"),
        score_metric(data, "roc_auc_score"),
        loss_metric(data, "mse"),
        loss_metric(data, "absolute_loss"),
        score_metric(data, "multiclass_accuracy"),
        score_metric(data, "multiclass_top_k_accuracy", r"multiclass_top_k_accuracy_\S+"),
        score_metric(data, "dcg"),
        score_metric(data, "macro_recall"),
        score_metric(data, "macro_precision"),
        score_metric(data, "macro_f_beta", r"macro_f_\S+"),
    )
)
