"""metrics.json of a label of 0 and 1."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar, Literal, Self

from pydantic import Field

from include.pipeline.document import Document
from include.pipeline.documents.metrics.model import (
    LARGEST_FIGURE,
    ListedModel,
    ModelEvaluation,
    ModelMetrics,
    absurd_counts,
    short,
    too_long,
)
from include.pipeline.figures.confusion_matrix import ConfusionMatrix
from include.pipeline.figures.figure import ShownFigure
from include.pipeline.figures.model_figures import FIGURES, ModelFigures

if TYPE_CHECKING:
    from include.pipeline.documents.table.costs import OutcomeValues

CALLS_NOBODY = 2.0
"""The threshold where no row is to be acted on: no probability reaches it."""


class Metrics(ModelFigures, ModelMetrics):
    """The headline figures of a label of 0 and 1: what the gate looks at and an asset event carries."""

    FIGURES: ClassVar[Mapping[str, ShownFigure]] = FIGURES

    # Left out where it is written, as it was in files of before there were other kinds.
    kind: Literal["binary"] = Field(default="binary", exclude_if="binary".__eq__)
    """What the label is; left out for this kind."""

    threshold: float
    """A score of at least this is predicted positive."""
    confusion_matrix: ConfusionMatrix
    """The counts at the threshold."""
    positives: int
    """Test rows whose label is 1."""
    baseline_accuracy: float
    """Accuracy of always predicting the more frequent class."""

    @property
    def headline(self) -> "Metrics":
        """The headline figures alone."""
        return Metrics(**{name: getattr(self, name) for name in Metrics.model_fields})

    def without_model(self, figure: str) -> float:
        """Tell what a figure is without a model."""
        return FIGURES[figure].baseline(self.positives / self.rows)

    def absurd(self) -> Iterator[str]:
        """Name the figures that no evaluation gives."""
        yield from super().absurd()
        counts = {"positives": self.positives, **dict(self.confusion_matrix)}
        yield from absurd_counts(counts)
        for name, most in (("baseline_accuracy", 1), ("threshold", LARGEST_FIGURE)):
            figure = getattr(self, name)
            if not 0 <= figure <= most:
                yield f"{name} = {short(figure)}"


class ListedFigures(Metrics, ListedModel):
    """What a page that lists many runs shows of one."""


class ThresholdFigures(Document):
    """What a threshold gives."""

    threshold: float
    """A score of at least this is predicted positive."""
    confusion_matrix: ConfusionMatrix
    """The counts at the threshold."""
    precision: float | None
    """Share of positives among the predicted positives; not defined, null, where there are none."""
    recall: float
    """Share of the positives that were predicted positive."""
    f1: float
    """Harmonic mean of precision and recall."""
    profit: float | None
    """What all rows bring by the values of the four outcomes; null where nobody has said these."""

    @property
    def calls_nobody(self) -> bool:
        """Whether no score can reach it."""
        return self.threshold > 1

    @classmethod
    def of(cls, threshold: float, matrix: ConfusionMatrix, costs: "OutcomeValues | None") -> Self:
        """Work them out.

        Args:
            threshold: Which.
            matrix: The counts at it.
            costs: What each outcome is worth; None where nobody has said.
        """
        return cls(
            threshold=threshold,
            confusion_matrix=matrix,
            precision=matrix.precision,
            recall=matrix.recall,
            f1=matrix.f1,
            profit=costs and costs.profit(matrix),
        )


class BestThreshold(Document):
    """The best of the thresholds by one figure."""

    chosen_on: Literal["validation", "test"]
    """The rows whose figures decided. Found on the test rows, the best looks better than it is."""
    test: ThresholdFigures
    """What it gives on the test rows."""


class Decile(Document):
    """A tenth of the test rows, in the order of their scores from the highest down."""

    decile: int
    """Its number, from 1: the highest scores."""
    rows: int
    """Rows of the decile."""
    positives: float
    """Rows of the decile whose label is 1; of rows of equal score that it has in part, its share."""
    lowest_score: float
    """Lowest score of its rows."""
    lift: float
    """Share of positives in the decile, divided by that in all rows."""
    gain: float
    """Share of all positives that are in this decile or one above it."""


class GroupFigures(Document):
    """Some of the test rows, by the value of a column."""

    by: str
    """The column, or what the names of its one-hot columns begin with."""
    name: str
    """Which of its values."""
    confusion_matrix: ConfusionMatrix
    """The counts of these rows at the threshold."""


class Evaluation(Metrics, ModelEvaluation):
    """All of metrics.json, of a label of 0 and 1."""

    thresholds: tuple[ThresholdFigures, ...]
    """What each threshold from 0.01 to 0.99 gives on the test rows."""
    best_f1: BestThreshold
    """The threshold where F1 is highest."""
    best_profit: BestThreshold | None = None
    """The threshold where the profit is highest; 2 where no row is to be acted on; null without costs."""
    break_even: ThresholdFigures | None = None
    """What the values of the four outcomes give as threshold: the best one where scores are calibrated. Null
    without costs, where these give none, or where an earlier version wrote this."""
    deciles: tuple[Decile, ...]
    """The test rows in tenths, the highest scores first."""
    groups: tuple[GroupFigures, ...] = ()
    """The test rows by the groups that the YAML asks for; a row is in one group of each column."""

    def absurd(self) -> Iterator[str]:
        """Name the figures that no evaluation gives."""
        yield from super().absurd()
        yield from absurd_counts(
            {
                f"{name} of {group.by[:40]!r}": count
                for group in self.groups
                for name, count in group.confusion_matrix
            }
        )
        yield from too_long(self, ("thresholds", "deciles", "groups"))

    def listed(self, changes: Sequence[str] = ()) -> ListedFigures:
        """Take what a list of runs shows, with how the data had changed, a sentence each."""
        return ListedFigures(**dict(self.headline), intervals=self.intervals, changes=tuple(changes))
