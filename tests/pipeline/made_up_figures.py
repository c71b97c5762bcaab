"""Figures of models that nobody trained, for tests of what is done with figures."""

from typing import Any

from include.pipeline.documents.metrics import Metrics
from include.pipeline.figures.confusion_matrix import ConfusionMatrix

GOOD = Metrics(
    rows=1000,
    positives=120,
    threshold=0.5,
    confusion_matrix=ConfusionMatrix(tn=860, fp=20, fn=80, tp=40),
    accuracy=0.9,
    baseline_accuracy=0.88,
    precision=2 / 3,
    recall=1 / 3,
    f1=4 / 9,
    roc_auc=0.78,
    average_precision=0.4,
    log_loss=0.3,
    brier_score=0.1,
)


def metrics(**changed: Any) -> Metrics:
    """Change some figures of a good model; the others stay, whether or not they still fit."""
    return GOOD.model_copy(update=changed)
