"""The threshold from which a binary classifier's score means 1, by the job's selection criterion."""

from typing import Any

import numpy as np

_Array = np.ndarray[Any, Any]


def best_threshold(
    labels: _Array, scores: _Array, hyperparameters: dict[str, Any], natural: float
) -> tuple[float, float]:
    """Choose the threshold that is best on some rows.

    Args:
        labels: The label of each row, 0 or 1.
        scores: The score of each row.
        hyperparameters: binary_classifier_model_selection_criteria, f_beta, target_precision and
            target_recall.
        natural: The threshold of the loss alone. Among equally good thresholds, the nearest to it is chosen.

    Returns:
        The threshold, and how good it is by the criterion.
    """
    distinct = np.unique(scores)
    middles = (distinct[1:] + distinct[:-1]) / 2
    thresholds = np.concatenate([[distinct[0]], middles, [np.nextafter(distinct[-1], np.inf)], [natural]])
    ascending = np.sort(scores[labels == 1]), np.sort(scores[labels == 0])
    true_positives, false_positives = (len(part) - np.searchsorted(part, thresholds) for part in ascending)
    positives, negatives = map(len, ascending)
    recall = true_positives / max(positives, 1)
    precision = true_positives / np.maximum(true_positives + false_positives, 1)
    criterion = hyperparameters["binary_classifier_model_selection_criteria"]
    if criterion == "loss_function":
        return natural, float(np.mean((scores >= natural) == labels))
    if criterion == "accuracy":
        goodness = (true_positives + negatives - false_positives) / len(labels)
    elif criterion == "f_beta":
        weight = hyperparameters["f_beta"] ** 2
        goodness = (1 + weight) * precision * recall / np.maximum(weight * precision + recall, 1e-12)
    elif criterion == "precision_at_target_recall":
        goodness = np.where(recall >= hyperparameters["target_recall"], precision, -1.0)
    else:
        goodness = np.where(precision >= hyperparameters["target_precision"], recall, -1.0)
    best = np.flatnonzero(goodness == goodness.max())
    chosen = best[np.argmin(np.abs(thresholds[best] - natural))]
    return float(thresholds[chosen]), float(goodness[chosen])
