"""metrics.json of a label of several classes."""

from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar, Literal

from include.pipeline.documents.metrics.model import (
    ListedModel,
    ModelEvaluation,
    ModelMetrics,
    absurd_counts,
    too_long,
)
from include.pipeline.figures.figure import ShownFigure
from include.pipeline.figures.other_kinds.multiclass import (
    MULTICLASS_FIGURES,
    ClassFigures,
    MulticlassFigures,
)


class MulticlassMetrics(MulticlassFigures, ModelMetrics):
    """The headline figures of a label of several classes."""

    FIGURES: ClassVar[Mapping[str, ShownFigure]] = MULTICLASS_FIGURES

    kind: Literal["multiclass"] = "multiclass"
    """What the label is."""
    baseline: dict[str, float]
    """Each figure where the share of each class in the test rows is its score in every row: the most frequent
    class is predicted always."""
    classes: tuple[ClassFigures, ...]
    """Each class against all others, in the order of the scores."""
    counts: tuple[tuple[int, ...], ...]
    """Test rows by the observed class, and in each by the predicted one."""

    @property
    def headline(self) -> "MulticlassMetrics":
        """The headline figures alone."""
        return MulticlassMetrics(**{name: getattr(self, name) for name in MulticlassMetrics.model_fields})

    def without_model(self, figure: str) -> float:
        """Tell what a figure is without a model."""
        return self.baseline[figure]

    def absurd(self) -> Iterator[str]:
        """Name the figures that no evaluation gives."""
        yield from super().absurd()
        for row in self.counts:
            yield from absurd_counts(
                {f"a count of {len(row)}": min(row, default=0), "all of a class": sum(row)}
            )
        if any(len(row) != len(self.classes) for row in (self.counts, *self.counts)):
            yield "counts that are not of its classes"
        yield from too_long(self, ("classes", "baseline"))


class ListedMulticlass(MulticlassMetrics, ListedModel):
    """What a page that lists many runs shows of one."""


class MulticlassEvaluation(MulticlassMetrics, ModelEvaluation):
    """All of metrics.json, of a label of several classes."""

    def listed(self, changes: Sequence[str] = ()) -> ListedMulticlass:
        """Take what a list of runs shows, with how the data had changed, a sentence each."""
        return ListedMulticlass(**dict(self.headline), intervals=self.intervals, changes=tuple(changes))
