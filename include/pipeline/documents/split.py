"""What the split of a table made."""

from operator import not_
from typing import Self

from pydantic import Field

from include.pipeline.document import Document
from include.pipeline.documents.drift import Drift
from include.pipeline.documents.table.split_job import SplitJob
from include.pipeline.documents.training.algorithm import AlgorithmName


class HeldOutFigures(Document):
    """How a small model does on rows that it was not trained on."""

    roc_auc: float
    """Chance that a positive scores above a negative."""
    log_loss: float
    """Mean of minus the natural logarithm of the score that was given to what was observed."""


class RowOrder(Document):
    """The label along the file, and what a model is worth for the rows that come later."""

    rates: tuple[float, ...]
    """Share of positives in each tenth of the file, from the top down. Where the label may not be seen, fewer
    than ten rows of a class count as none."""
    chance: float
    """How likely the tenths are as far apart in a shuffled file (p-value of the chi-square test)."""
    carries_label: bool
    """Whether chance does not explain that, and the rates are far enough apart to matter."""
    train_fraction: float
    """Share of the rows that the figures below are trained on."""
    rows: int = 0
    """Rows that the figures below are of: all, or every n-th of a large table; 0 where there are none."""
    by_order: HeldOutFigures | None = None
    """Trained on the first rows of the file, tested on the rest. Null where the order does not carry the
    label, or one side has rows of one class only."""
    shuffled: HeldOutFigures | None = None
    """The same model on the same rows, shuffled before they are cut. Null where `by_order` is."""


class EncodedFeatures(Document):
    """What the columns of text became, and by which encoding."""

    sha256: str
    """SHA-256 in hex of encoding.json."""
    features: dict[str, tuple[str, ...]]
    """The features that were made of each category or date."""
    unseen_rows: dict[str, int]
    """Of categories and classes, the rows to validate and to test on whose value no training row has. Where
    values may not be seen, fewer than ten count as none. Those without such rows are left out."""


class Sides(Document):
    """Which rows are trained on and which are tested, where the tutorial's shuffle does not decide."""

    by: str
    """`split` of the YAML's table."""
    column: str | None = None
    """The key or the time, where there is one."""
    tested_from: str | None = None
    """Where time decides, the first moment that is tested, a date or a number; None where it may not be
    seen."""
    train_groups: int | None = None
    """Where a key decides, how many keys are trained on."""
    test_groups: int | None = None
    """Where a key decides, how many keys are tested."""

    def __str__(self) -> str:
        match self.by:
            case "time":
                start = f", from {self.tested_from} on" if self.tested_from else ""
                return f"the newest rows by {self.column} are tested{start}"
            case "group":
                counts = f"{self.train_groups} are trained on, {self.test_groups} are tested"
                return f"all rows of one {self.column} are on one side: {counts}"
            case "hash":
                return f"by hash of {self.column or 'the features'}"
            case _:
                return "stratified: the shares of the label's values are equal on all sides"


class ContenderSplit(Document):
    """What of a split is one algorithm's own, where several train on it: the fields are those of `Split`."""

    feature_names: tuple[str, ...]
    train_sha256: str
    validation_sha256: str | None
    test_features_sha256: str | None
    encoding: EncodedFeatures | None
    classes: tuple[str, ...]


class Split(Document):
    """The rows of a run, counted."""

    rows: int
    """Rows of the table."""
    train_rows: int
    """Rows to train on."""
    validation_rows: int
    """Rows of validation.csv; 0 where there is none."""
    test_rows: int
    """Rows of the test features and labels."""
    train_positives: int | None = None
    """Training rows whose label is 1; None where the label is of another kind."""
    test_positives: int | None = None
    """Test rows whose label is 1; None where the label is of another kind."""
    classes: tuple[str, ...] = Field(default=(), exclude_if=not_)
    """What the label's classes are called, in the order of the scores; where its values may not be seen,
    after their numbers. Those that no training row has are the last. Empty where the label has no classes."""
    feature_names: tuple[str, ...]
    """Columns after the label, in their order in the files."""
    train_sha256: str
    """SHA-256 in hex of the file of training rows, or of its parts one after the other."""
    validation_sha256: str | None = None
    """SHA-256 in hex of validation.csv; None without, or where an earlier version wrote this."""
    test_features_sha256: str | None = None
    """SHA-256 in hex of the test features; None where an earlier version wrote this."""
    test_labels_sha256: str | None = None
    """SHA-256 in hex of the test labels; None where an earlier version wrote this."""
    drift: Drift | None = None
    """Drift from the data of the last accepted model; None without one, or where its data is the same."""
    order: RowOrder | None = None
    """What the order of the rows tells of the label; None where an earlier version wrote this."""
    encoding: EncodedFeatures | None = Field(default=None, exclude_if=not_)
    """How text was made into numbers; None where the table has only numbers."""
    identifiers_sha256: str | None = Field(default=None, exclude_if=not_)
    """SHA-256 in hex of the identifiers of the test rows; None where the table has none."""
    groups_sha256: str | None = Field(default=None, exclude_if=not_)
    """SHA-256 in hex of the columns by which figures of the test rows are told, and which the model does not
    get; None where there are none."""

    sides: Sides | None = Field(default=None, exclude_if=not_)
    """How rows were put on the sides; None by the tutorial's shuffle, or where an earlier version wrote
    this."""

    job: SplitJob | None = Field(default=None, exclude_if=not_)
    """The processing job that has made it; None where the worker did."""

    contenders: dict[AlgorithmName, ContenderSplit] = Field(default_factory=dict, exclude_if=not_)
    """What is each algorithm's own, where several train; empty where one does."""

    def of_contender(self, algorithm: AlgorithmName) -> Self:
        """Take what one of several algorithms trains on; of one that has been chosen before, all."""
        own = self.contenders.get(algorithm)
        return self.model_copy(update={**(dict(own) if own else {}), "contenders": {}})

    def has_encoding_of(self, other: "Split") -> bool:
        """Tell whether both had text made into numbers in the same way, or had none."""
        own, theirs = (split.encoding and split.encoding.sha256 for split in (self, other))
        return own == theirs

    def has_features_of(self, other: "Split") -> bool:
        """Tell whether a model of the other's rows can score these: equal features, made in the same way."""
        return self.feature_names == other.feature_names and self.has_encoding_of(other)
