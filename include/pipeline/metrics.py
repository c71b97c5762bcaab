"""The figures of one evaluation, as they stand in metrics.json."""

from pydantic import BaseModel, ConfigDict


class ConfusionMatrix(BaseModel):
    """Rows counted by what was observed and what the model said at the threshold."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tn: int
    fp: int
    fn: int
    tp: int


class Metrics(BaseModel):
    """The figures of one evaluation, as they stand in metrics.json."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rows: int
    positives: int
    threshold: float
    confusion_matrix: ConfusionMatrix
    accuracy: float
    baseline_accuracy: float
    """Accuracy of always giving the more frequent answer."""
    precision: float
    recall: float
    f1: float
    roc_auc: float
    average_precision: float
