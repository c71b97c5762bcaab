"""The figures of one evaluation, as they stand in metrics.json.

The schema of that file is docs/metrics.schema.json: `python -m include.pipeline.documents.metrics` prints it.
"""

import json
from typing import Literal

from include.pipeline.document import Document
from include.pipeline.documents.drift import Drift


class ConfusionMatrix(Document):
    """Rows counted by what was observed and what the model said at the threshold."""

    tn: int
    """Observed no, said no."""
    fp: int
    """Observed no, said yes."""
    fn: int
    """Observed yes, said no."""
    tp: int
    """Observed yes, said yes."""


class AtThreshold(Document):
    """The figures that depend on a threshold."""

    threshold: float
    """A score of at least this counts as a yes."""
    confusion_matrix: ConfusionMatrix
    """At the threshold."""
    precision: float
    """Share of yeses among the rows said yes; 0 where none was."""
    recall: float
    """Share of the yeses that were said yes."""
    f1: float
    """Harmonic mean of precision and recall."""


class Metrics(AtThreshold):
    """The headline figures: what the gate looks at and an asset event carries."""

    rows: int
    """Test rows."""
    positives: int
    """Test rows whose label is 1, a yes."""
    accuracy: float
    """Share of right answers."""
    baseline_accuracy: float
    """Accuracy of always giving the more frequent answer."""
    roc_auc: float
    """Chance that a yes scores above a no."""
    average_precision: float
    """Precision, averaged over the yeses in the order of their scores."""
    log_loss: float
    """Mean of minus the natural logarithm of the score that was given to what was observed."""
    brier_score: float
    """Mean squared difference of score and label."""


class Interval(Document):
    """95 % percentile interval of a bootstrap over the test rows."""

    low: float
    """2.5 % of the draws are below."""
    high: float
    """2.5 % of the draws are above."""


class Intervals(Document):
    """How far the figures of the same name would spread over other test rows of that size."""

    accuracy: Interval
    """Of `accuracy`."""
    precision: Interval
    """Of `precision`."""
    recall: Interval
    """Of `recall`."""
    f1: Interval
    """Of `f1`."""
    roc_auc: Interval
    """Of `roc_auc`."""
    average_precision: Interval
    """Of `average_precision`."""
    log_loss: Interval
    """Of `log_loss`."""
    brier_score: Interval
    """Of `brier_score`."""


class ThresholdFigures(AtThreshold):
    """What a threshold gives."""

    profit: float
    """Value of the deposits less the cost of the calls, when everybody who is said yes is called."""


class BestThreshold(Document):
    """The best of the thresholds by one figure."""

    chosen_on: Literal["validation", "test"]
    """Whose figures decided. Of the test rows' own, the best looks better than it is."""
    test: ThresholdFigures
    """What it gives on the test rows."""


class Decile(Document):
    """A tenth of the test rows, in the order of their scores from the highest down."""

    decile: int
    """From 1, the highest scores."""
    rows: int
    """Of this decile."""
    positives: int
    """Rows of it whose label is 1."""
    lowest_score: float
    """Of its rows."""
    lift: float
    """Share of yeses in this decile, over that in all rows."""
    gain: float
    """Share of all yeses in this decile and those above it: what calling them all would reach."""


class FeatureImportance(Document):
    """What a column means to the model."""

    name: str
    """Of the column."""
    gain: float
    """Mean gain of the splits on it, XGBoost's `gain`; 0 where there is none."""
    mean_abs_contribution: float
    """Mean over the test rows of its absolute SHAP value, in log-odds: XGBoost's `pred_contribs`."""


class PreviousModel(Document):
    """The last accepted model, asked for the same test rows."""

    run_id: str
    """Of the run that made it."""
    roc_auc: float | None
    """Null where it takes other columns, or cannot be read."""


class Evaluation(Metrics):
    """All of metrics.json."""

    schema_version: Literal[1] = 1
    """Rises when a field changes its meaning or goes."""
    intervals: Intervals
    """Of the headline figures."""
    validation_rows: int
    """Rows kept from training to choose a threshold on; 0 without."""
    thresholds: tuple[ThresholdFigures, ...]
    """On the test rows, from 0.01 to 0.99."""
    best_f1: BestThreshold
    """Where F1 is highest."""
    best_profit: BestThreshold
    """Where the profit is highest."""
    deciles: tuple[Decile, ...]
    """The highest scores first."""
    model_sha256: str | None
    """Of the model file that served, in hex; None where its archive holds none."""
    features: tuple[FeatureImportance, ...]
    """The most contributing first. Empty where the model of that image version cannot be read."""
    previous: PreviousModel | None
    """Null where nobody asked, or no model was accepted before."""
    drift: Drift | None
    """From the data of the last accepted model; null where there is none, or its data is the same."""
    training_curve: dict[str, tuple[float, ...]]
    """Of each metric in the job's log, such as `train-logloss`, one value a round."""

    @property
    def headline(self) -> Metrics:
        """The headline figures alone."""
        return Metrics(**{name: getattr(self, name) for name in Metrics.model_fields})


if __name__ == "__main__":
    print(json.dumps(Evaluation.model_json_schema(), indent=2))
