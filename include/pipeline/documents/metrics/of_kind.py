"""Which form metrics.json has, by the kind of the label: the one table of it."""

from collections.abc import Mapping
from typing import Annotated, Any, TypeAlias

from pydantic import Discriminator, Tag

from include.pipeline.document import Document
from include.pipeline.documents.metrics.binary import Evaluation, ListedFigures, Metrics
from include.pipeline.documents.metrics.model import ListedModel, ModelEvaluation
from include.pipeline.documents.metrics.multiclass import (
    ListedMulticlass,
    MulticlassEvaluation,
    MulticlassMetrics,
)
from include.pipeline.documents.metrics.regression import (
    ListedRegression,
    RegressionEvaluation,
    RegressionMetrics,
)
from include.pipeline.values.params import LabelKind

METRICS: Mapping[LabelKind, type[Metrics | MulticlassMetrics | RegressionMetrics]] = {
    "binary": Metrics,
    "multiclass": MulticlassMetrics,
    "regression": RegressionMetrics,
}
_EVALUATIONS: Mapping[LabelKind, type[ModelEvaluation]] = {
    "binary": Evaluation,
    "multiclass": MulticlassEvaluation,
    "regression": RegressionEvaluation,
}
_LISTED: Mapping[LabelKind, type[ListedModel]] = {
    "binary": ListedFigures,
    "multiclass": ListedMulticlass,
    "regression": ListedRegression,
}


class _Kind(Document):
    """What of a document tells its form; versions without kinds wrote figures of a label of 0 and 1."""

    kind: LabelKind = "binary"


def _kind_of(value: Any) -> str:
    found = value.get("kind", "binary") if isinstance(value, Mapping) else getattr(value, "kind", "binary")
    return found if found in METRICS else "binary"


AnyMetrics: TypeAlias = Annotated[
    Annotated[Metrics, Tag("binary")]
    | Annotated[MulticlassMetrics, Tag("multiclass")]
    | Annotated[RegressionMetrics, Tag("regression")],
    Discriminator(_kind_of),
]
"""Headline figures in another document."""


def read_evaluation(content: bytes | Mapping[str, Any], where: str) -> ModelEvaluation:
    """Read metrics.json of whichever kind.

    Raises:
        DocumentError: It cannot be read, or has figures that no evaluation gives.
    """
    return _EVALUATIONS[_Kind.read(content, where).kind].read(content, where)


def read_metrics(content: Mapping[str, Any], where: str) -> Metrics | MulticlassMetrics | RegressionMetrics:
    """Read headline figures of whichever kind.

    Raises:
        DocumentError: They cannot be read, or are such as no evaluation gives.
    """
    return METRICS[_Kind.read(content, where).kind].read(content, where)


def read_listed(content: Mapping[str, Any], where: str) -> ListedModel:
    """Read what a task told for a list of runs, of whichever kind.

    Raises:
        DocumentError: It cannot be read, or has figures that no evaluation gives.
    """
    return _LISTED[_Kind.read(content, where).kind].read(content, where)
