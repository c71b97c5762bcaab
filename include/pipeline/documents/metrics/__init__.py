"""metrics.json: all figures of one evaluation, in a form for each kind of label.

Its schema is docs/metrics.schema.json: `python -m include.pipeline.documents.metrics` prints it.
"""

from include.pipeline.documents.metrics.binary import (
    CALLS_NOBODY,
    BestThreshold,
    Decile,
    Evaluation,
    GroupFigures,
    ListedFigures,
    Metrics,
    ThresholdFigures,
)
from include.pipeline.documents.metrics.model import (
    FeatureImportance,
    ListedModel,
    ModelEvaluation,
    ModelMetrics,
    PreviousModel,
)
from include.pipeline.documents.metrics.multiclass import MulticlassEvaluation, MulticlassMetrics
from include.pipeline.documents.metrics.of_kind import (
    AnyMetrics,
    read_evaluation,
    read_listed,
    read_metrics,
)
from include.pipeline.documents.metrics.regression import RegressionEvaluation, RegressionMetrics

__all__ = [
    "CALLS_NOBODY",
    "AnyMetrics",
    "BestThreshold",
    "Decile",
    "Evaluation",
    "FeatureImportance",
    "GroupFigures",
    "ListedFigures",
    "ListedModel",
    "Metrics",
    "ModelEvaluation",
    "ModelMetrics",
    "MulticlassEvaluation",
    "MulticlassMetrics",
    "PreviousModel",
    "RegressionEvaluation",
    "RegressionMetrics",
    "ThresholdFigures",
    "read_evaluation",
    "read_listed",
    "read_metrics",
]
