"""metrics.json: all figures of one evaluation.

Its schema is docs/metrics.schema.json: `python -m include.pipeline.documents.metrics` prints it.
"""

import json
import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, Self

from pydantic import Field

from include.pipeline.document import Document
from include.pipeline.documents.drift import Drift
from include.pipeline.errors import DocumentError
from include.pipeline.figures.confusion_matrix import ConfusionMatrix
from include.pipeline.figures.interval import Interval
from include.pipeline.figures.model_figures import FIGURES, ModelFigures

if TYPE_CHECKING:
    from include.pipeline.documents.table.costs import OutcomeValues

_LARGEST_FIGURE = 1e6
_MOST_ROWS = 10**12
_MOST_VALUES = 100_000  # of a list: thresholds, columns, rounds

CALLS_NOBODY = 2.0
"""The threshold where no row is to be acted on: no probability reaches it."""


class Metrics(ModelFigures):
    """The headline figures: what the gate looks at and an asset event carries."""

    threshold: float
    """A score of at least this is predicted positive."""
    confusion_matrix: ConfusionMatrix
    """The counts at the threshold."""
    rows: int
    """Test rows."""
    positives: int
    """Test rows whose label is 1."""
    baseline_accuracy: float
    """Accuracy of always predicting the more frequent class."""

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

    def absurd(self) -> Iterator[str]:
        """Name the figures that no evaluation gives."""
        counts = {"rows": self.rows, "positives": self.positives, **dict(self.confusion_matrix)}
        yield from _absurd(counts, {})
        bounds = {name: (figure.least, figure.most) for name, figure in FIGURES.items()}
        others = {"baseline_accuracy": (0, 1), "threshold": (0, _LARGEST_FIGURE)}
        for name, (least, most) in (bounds | others).items():
            figure = getattr(self, name)
            if figure is not None and not (least <= figure <= most and math.isfinite(figure)):
                yield f"{name} = {_short(figure)}"


class ListedFigures(Metrics):
    """What a page that lists many runs shows of one, so that it need not read the metrics.json of each."""

    intervals: dict[str, Interval] = Field(default_factory=dict)
    """As in metrics.json; empty where an earlier version wrote this."""
    changes: tuple[str, ...] = ()
    """How the data had changed since the accepted model before, a sentence each."""

    def absurd(self) -> Iterator[str]:
        """Name the figures that no evaluation gives."""
        yield from super().absurd()
        yield from _absurd({}, self.intervals)


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


class FeatureImportance(Document):
    """What a column means to the model."""

    name: str
    """Name of the column."""
    gain: float
    """Mean gain of the splits on it, XGBoost's `gain`; 0 where there is none."""
    mean_abs_contribution: float
    """Mean over the test rows of its absolute SHAP value, in log-odds: XGBoost's `pred_contribs`."""
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


class Evaluation(Metrics):
    """All of metrics.json."""

    schema_version: Literal[1] = 1
    """Rises when a field changes its meaning or goes."""
    intervals: dict[str, Interval]
    """The 95 % interval of each headline figure that has one, by the figure's name; and of `profit`, what all
    rows bring at the threshold."""
    validation_rows: int
    """Rows kept from training to choose a threshold on; 0 without."""
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
    model_sha256: str | None
    """SHA-256 in hex of the model file that served; null where its archive holds none."""
    archive_sha256: str | None = None
    """SHA-256 in hex of the archive that it was in; null where an earlier version wrote this."""
    features: tuple[FeatureImportance, ...]
    """The columns, the most contributing first; empty where the model cannot be read or explained here."""
    previous: PreviousModel | None
    """The last accepted model; null where the Params did not ask for it, or no model was accepted before."""
    best_accepted: PreviousModel | None = None
    """The best of the last ten accepted models, so that small drops do not add up unseen; null where it is
    the last one, was not asked for, or an earlier version wrote this."""
    drift: Drift | None
    """Drift from the data of the last accepted model; null where there is none, or its data is the same."""
    training_curve: dict[str, tuple[float, ...]]
    """The values of each metric in the job's log, such as `train-logloss`, one a round."""
    groups: tuple[GroupFigures, ...] = ()
    """The test rows by the groups that the YAML asks for; a row is in one group of each column."""
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
        counts = {"validation_rows": self.validation_rows} | {
            f"{name} of {group.by[:40]!r}": count
            for group in self.groups
            for name, count in group.confusion_matrix
        }
        yield from _absurd(counts, self.intervals)
        for feature in self.features:
            for figure in (feature.mean_abs_contribution, feature.direction, feature.family_contribution):
                if figure is not None and not math.isfinite(figure):
                    yield f"a column with the contribution {figure}"
        names = ("thresholds", "deciles", "features", "groups", "intervals", "training_curve")
        for values in (*(getattr(self, name) for name in names), *self.training_curve.values()):
            if len(values) > _MOST_VALUES:
                yield f"a list of {len(values)} values"

    @property
    def headline(self) -> Metrics:
        """The headline figures alone."""
        return Metrics(**{name: getattr(self, name) for name in Metrics.model_fields})

    def listed(self, changes: Sequence[str] = ()) -> ListedFigures:
        """Take what a list of runs shows, with how the data had changed, a sentence each."""
        return ListedFigures(**dict(self.headline), intervals=self.intervals, changes=tuple(changes))


def _absurd(counts: Mapping[str, int], intervals: Mapping[str, Interval]) -> Iterator[str]:
    yield from (f"{name} = {_short(count)}" for name, count in counts.items() if not 0 <= count <= _MOST_ROWS)
    for name, interval in intervals.items():
        # Money may be of any amount.
        largest = sys.float_info.max if name == "profit" else _LARGEST_FIGURE
        if not all(abs(end) <= largest for end in (interval.low, interval.high)):
            yield f"the interval {_short(interval.low)} to {_short(interval.high)} of {name[:40]!r}"


def _short(number: float) -> str:
    # A whole number may have thousands of digits.
    return str(number) if -_MOST_ROWS < number < _MOST_ROWS else "a number out of all measure"


if __name__ == "__main__":
    print(json.dumps(Evaluation.model_json_schema(), indent=2))
