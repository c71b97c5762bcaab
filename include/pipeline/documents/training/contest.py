"""How several algorithms of a run did on the validation rows, and which of them the run goes on with."""

from operator import not_

from pydantic import Field

from include.pipeline.document import Document
from include.pipeline.documents.training.algorithm import AlgorithmName
from include.pipeline.figures.interval import Interval


class ScoredContender(Document):
    """What one of them answered for the validation rows."""

    predictions_sha256: str
    """SHA-256 in hex of its predictions.csv."""
    endpoint_seconds: float
    """How long the endpoint that answered was there."""


class ContenderResult(Document):
    """One of them."""

    algorithm: AlgorithmName
    job_name: str | None = None
    """Its training job; None where that is not known."""
    billable_seconds: int | None = None
    """Seconds billed for each instance that trained; None where it has no model."""
    endpoint_seconds: float | None = None
    """How long the endpoint that scored the rows was there; None where it was not scored."""
    figures: dict[str, float | None] = Field(default_factory=dict)
    """By their names: those that do not depend on a threshold."""
    differences: dict[str, Interval] = Field(default_factory=dict)
    """The 95 % interval of each of these less that of the chosen one, on the same rows; without those that
    no row tells apart."""
    failure: str | None = Field(default=None, exclude_if=not_)
    """Why it was left out."""


class Contest(Document):
    """All of them."""

    figure: str
    """The one that decided."""
    rows: int
    """Validation rows."""
    chosen: AlgorithmName
    """The best; of several that are as good, the first of the YAML."""
    results: tuple[ContenderResult, ...]
    """In the order of the YAML."""

    @property
    def billable_seconds(self) -> int:
        """Seconds billed for all trainings together, for each instance."""
        return sum(result.billable_seconds or 0 for result in self.results)
