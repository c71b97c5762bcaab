"""Rows that were encoded for a model, and the record of a run that has scored some."""

from datetime import datetime
from typing import Any, Literal

from include.pipeline.document import Document
from include.pipeline.documents.drift import ColumnDrift
from include.pipeline.documents.plan import RunIdentity
from include.pipeline.documents.raw_data import RawData
from include.pipeline.documents.scoring.model import ScoringModel


class EncodedFile(Document):
    """Some of the rows, as the transform job reads them."""

    name: str
    """Below the prefix of the rows."""
    rows: int


class EncodedRows(Document):
    """All rows of a file, in its order."""

    files: tuple[EncodedFile, ...]
    unseen: dict[str, int]
    """Of categories, the rows with a value that no training row has. Where values may not be seen, fewer than
    ten count as none. Categories without such rows are left out, as are those whose rare values share one."""
    columns: tuple[ColumnDrift, ...]
    """How far each feature is from the training data; none where that has no profile."""

    @property
    def rows(self) -> int:
        """How many there are."""
        return sum(file.rows for file in self.files)


class AnsweredRows(Document):
    """What a transform job answered to encoded rows."""

    run_id: str
    """The run that started the job."""
    job_name: str
    answers_uri: str
    """`s3://` prefix below which there is an answer for each file."""
    seconds: float
    """Time that the job took, which is billed."""


class ScoredRows(Document):
    """Rows and a model that belong together for good: found again, so that no second job is bought."""

    rows: EncodedRows
    answers: AnsweredRows
    answers_sha256: str
    """SHA-256 in hex of the answers, one after the other."""


class HighestRow(Document):
    """A row of the highest scores, as a report may show it."""

    row: int
    """In the file, whose header is row 1."""
    identifiers: dict[str, str]
    """Of those columns whose values may be seen."""
    score: float


class ScoreDistribution(Document):
    """How the scores of all rows are spread."""

    counts: tuple[int, ...]
    """Rows in each twentieth of the scores from 0 to 1."""
    quantiles: dict[str, float]
    """The score below which a share of the rows is, by that share: `0.5` for the median."""
    mean: float


class Scoring(Document):
    """scoring.json: what a run scored, by which model, and how that looks."""

    schema_version: Literal[1] = 1
    """Rises when a field changes its meaning."""
    key: str
    identity: RunIdentity
    pipeline: str
    params: dict[str, Any]
    """The Params as they were planned, as data."""
    raw: RawData
    model: ScoringModel
    fingerprint: str
    """Of rows and model."""
    encoded: EncodedRows
    answers: AnsweredRows
    kept: int
    """Rows of the predictions, the highest scores first."""
    positives: int
    """Of all rows, those that are predicted positive."""
    distribution: ScoreDistribution
    highest: tuple[HighestRow, ...]
    predictions_sha256: str
    """SHA-256 in hex of predictions.csv."""
    written: datetime

    def __str__(self) -> str:
        return f"{self.encoded.rows} rows, {self.positives} predicted positive, model of {self.model.run_id}"
