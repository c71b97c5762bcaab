"""What metrics.json has of a model, whatever its label is."""

import math
import sys
from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, Literal, Self

from pydantic import Field

from include.pipeline.document import Document
from include.pipeline.documents.drift import Drift
from include.pipeline.errors import DocumentError
from include.pipeline.figures.figure import ShownFigure
from include.pipeline.figures.interval import Interval
from include.pipeline.values.params import LabelKind

LARGEST_FIGURE = 1e6
_MOST_ROWS = 10**12
_MOST_VALUES = 100_000  # of a list: thresholds, columns, rounds


class ModelMetrics(Document):
    """The headline figures of a model: each kind of label has its own beside these."""

    FIGURES: ClassVar[Mapping[str, ShownFigure]]
    """The figures that judge it, by the names of their fields."""

    kind: LabelKind
    """What the label is."""
    rows: int
    """Test rows."""

    @classmethod
    def read(cls, content: bytes | Mapping[str, Any], where: str) -> Self:
        """Read it as every document, and refuse figures that no evaluation gives.

        A gate that compares with "not a number" would let every model pass, and a page would fail on others.

        Raises:
            DocumentError: It cannot be read, or has such figures.
        """
        found = super().read(content, where)
        if absurd := next(found.absurd(), None):
            raise DocumentError(
                f"{where} has {absurd}",
                "an evaluation counts rows, and its figures are finite numbers, most of them from 0 to 1",
                "Find out who wrote it, then clear evaluate_model and what follows it",
            )
        return found

    @property
    @abstractmethod
    def headline(self) -> "ModelMetrics":
        """The headline figures alone."""

    @abstractmethod
    def without_model(self, figure: str) -> float:
        """Tell what a figure is without a model."""

    def absurd(self) -> Iterator[str]:
        """Name the figures that no evaluation gives."""
        yield from absurd_counts({"rows": self.rows})
        for name, figure in self.FIGURES.items():
            value = getattr(self, name)
            if value is not None and not (figure.least <= value <= figure.most and math.isfinite(value)):
                yield f"{name} = {short(value)}"


class ListedModel(ModelMetrics):
    """What a page that lists many runs shows of one, so that it need not read the metrics.json of each."""

    intervals: dict[str, Interval] = Field(default_factory=dict)
    """As in metrics.json; empty where an earlier version wrote this."""
    changes: tuple[str, ...] = ()
    """How the data had changed since the accepted model before, a sentence each."""

    def absurd(self) -> Iterator[str]:
        """Name the figures that no evaluation gives."""
        yield from super().absurd()
        yield from absurd_intervals(self, self.intervals)


class FeatureImportance(Document):
    """What a column means to the model."""

    name: str
    """Name of the column."""
    gain: float
    """Mean gain of the splits on it, XGBoost's `gain`; 0 where there is none."""
    mean_abs_contribution: float
    """Mean over the test rows of its absolute SHAP value, XGBoost's `pred_contribs`: in log-odds, or, of a
    number, in the label's unit. Of several classes, their mean."""
    direction: float | None = None
    """Correlation of the column with its SHAP values: above 0 where a higher value raises the score. Null
    where either is the same in all test rows, or an earlier version wrote this."""
    family: str | None = None
    """The one-hot family that it belongs to: what the columns' names have in common. Null without one."""
    family_contribution: float | None = None
    """Mean over the test rows of the absolute sum of the family's SHAP values; null without a family."""


class PreviousModel(Document):
    """An accepted model beside the run's own, on the same rows."""

    run_id: str
    """The run that made it."""
    roc_auc: float | None
    """Its ROC AUC on the rows that count; null where it takes other columns, or cannot be read."""
    has_other_encoding: bool = False
    """Whether `roc_auc` is null as that model takes rows which were encoded otherwise."""
    unseen_rows: int | None = None
    """The rows that count: those whose features neither model was trained on. Of none, or of one class alone,
    `roc_auc` is that on all test rows. Null where an earlier version wrote this: all of them counted."""
    unseen_rarer: int | None = None
    """How many of these are of the rarer class."""
    own_roc_auc: float | None = None
    """ROC AUC of the run's own model on the rows that count."""
    change: Interval | None = None
    """95 % interval of `own_roc_auc` minus `roc_auc`; null where it cannot be told."""
    best_of: int = 1
    """Of how many it was chosen as the best. Of several, the best looks better than it is, so `change` is
    wider: by Bonferroni's rule, all of their intervals together would hold in 95 of 100 cases."""


class ModelEvaluation(ModelMetrics):
    """What all of metrics.json has, whatever the label is."""

    schema_version: Literal[1] = 1
    """Rises when a field changes its meaning or goes."""
    intervals: dict[str, Interval]
    """The 95 % interval of each headline figure that has one, by the figure's name; and of `profit`, what all
    rows bring at the threshold."""
    validation_rows: int
    """Rows kept from training, to choose a threshold on or to stop the training by; 0 without."""
    model_sha256: str | None
    """SHA-256 in hex of the model file that served; null where its archive holds none."""
    archive_sha256: str | None = None
    """SHA-256 in hex of the archive that it was in; null where an earlier version wrote this."""
    features: tuple[FeatureImportance, ...]
    """The columns, the most contributing first; empty where the model cannot be read or explained here."""
    explained_rows: int | None = None
    """Of how many test rows, evenly spread over the file, the SHAP values of `features` are; null where they
    are of all, as those of up to 100,000 rows and of earlier versions."""
    previous: PreviousModel | None
    """The last accepted model; null where the Params did not ask for it, or no model was accepted before."""
    best_accepted: PreviousModel | None = None
    """The best of the last ten accepted models, so that small drops do not add up unseen; null where it is
    the last one, was not asked for, or an earlier version wrote this."""
    drift: Drift | None
    """Drift from the data of the last accepted model; null where there is none, or its data is the same."""
    training_curve: dict[str, tuple[float, ...]]
    """The values of each metric in the job's log, such as `train-logloss`, one a round."""
    test_rows_sha256: str | None = None
    """SHA-256 in hex of the test rows, features and then labels, in their order: runs that have the same are
    compared row by row. Null where an earlier version wrote this."""
    predictions_sha256: str | None = None
    """SHA-256 in hex of predictions.csv; null where an earlier version wrote this."""
    few_rows_shown: bool = False
    """Whether a page may count fewer than ten rows: the pipeline's YAML shows the label's values."""

    def absurd(self) -> Iterator[str]:
        """Name the figures that no evaluation gives."""
        yield from super().absurd()
        yield from absurd_counts(
            {"validation_rows": self.validation_rows, "explained_rows": self.explained_rows or 0}
        )
        yield from absurd_intervals(self, self.intervals)
        for feature in self.features:
            for figure in (feature.mean_abs_contribution, feature.direction, feature.family_contribution):
                if figure is not None and not math.isfinite(figure):
                    yield f"a column with the contribution {figure}"
        yield from too_long(self, ("features", "intervals", "training_curve"))
        for values in self.training_curve.values():
            if len(values) > _MOST_VALUES:
                yield f"a list of {len(values)} values"

    @abstractmethod
    def listed(self, changes: Sequence[str] = ()) -> ListedModel:
        """Take what a list of runs shows, with how the data had changed, a sentence each."""


def absurd_counts(counts: Mapping[str, int]) -> Iterator[str]:
    """Name the counts of rows that no table has."""
    yield from (f"{name} = {short(count)}" for name, count in counts.items() if not 0 <= count <= _MOST_ROWS)


def absurd_intervals(metrics: ModelMetrics, intervals: Mapping[str, Interval]) -> Iterator[str]:
    """Name the intervals that no figure has."""
    for name, interval in intervals.items():
        # Money may be of any amount, and so may what is in the label's unit.
        figure = metrics.FIGURES.get(name)
        largest = (
            sys.float_info.max if name == "profit" else max(LARGEST_FIGURE, figure.most if figure else 0)
        )
        if not all(abs(end) <= largest for end in (interval.low, interval.high)):
            yield f"the interval {short(interval.low)} to {short(interval.high)} of {name[:40]!r}"


def too_long(document: Document, names: Sequence[str]) -> Iterator[str]:
    """Name the lists that are longer than any evaluation makes."""
    for name in names:
        if (size := len(getattr(document, name))) > _MOST_VALUES:
            yield f"a list of {size} values"


def short(number: float) -> str:
    """Write a number shortly: a whole one may have thousands of digits."""
    return str(number) if -_MOST_ROWS < number < _MOST_ROWS else "a number out of all measure"
