"""metrics.json of a label that is a number."""

from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar, Literal

from include.pipeline.documents.metrics.model import ListedModel, ModelEvaluation, ModelMetrics, too_long
from include.pipeline.figures.figure import ShownFigure
from include.pipeline.figures.other_kinds.regression import REGRESSION_FIGURES, RegressionFigures


class RegressionMetrics(RegressionFigures, ModelMetrics):
    """The headline figures of a label that is a number."""

    FIGURES: ClassVar[Mapping[str, ShownFigure]] = REGRESSION_FIGURES

    kind: Literal["regression"] = "regression"
    """What the label is."""
    baseline: dict[str, float]
    """Each figure where the mean of the test rows' labels is the prediction of every row."""

    @property
    def headline(self) -> "RegressionMetrics":
        """The headline figures alone."""
        return RegressionMetrics(**{name: getattr(self, name) for name in RegressionMetrics.model_fields})

    def without_model(self, figure: str) -> float:
        """Tell what a figure is without a model."""
        return self.baseline.get(figure, 0.0)

    def absurd(self) -> Iterator[str]:
        """Name the figures that no evaluation gives."""
        yield from super().absurd()
        yield from too_long(self, ("baseline",))


class ListedRegression(RegressionMetrics, ListedModel):
    """What a page that lists many runs shows of one."""


class RegressionEvaluation(RegressionMetrics, ModelEvaluation):
    """All of metrics.json, of a label that is a number."""

    def listed(self, changes: Sequence[str] = ()) -> ListedRegression:
        """Take what a list of runs shows, with how the data had changed, a sentence each."""
        return ListedRegression(**dict(self.headline), intervals=self.intervals, changes=tuple(changes))
