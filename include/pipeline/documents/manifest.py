"""manifest.json: what a run was made of and what it made; and the model of a run that another uses again."""

from operator import not_
from typing import Any, Literal, Self

from pydantic import Field

from include.pipeline.document import Document
from include.pipeline.documents.metrics import AnyMetrics
from include.pipeline.documents.plan import RunIdentity
from include.pipeline.documents.raw_data import RawData
from include.pipeline.documents.split import Split
from include.pipeline.documents.training.algorithm import AlgorithmName
from include.pipeline.documents.training.contest import Contest
from include.pipeline.documents.training.job import CompletedTrainingJob
from include.pipeline.documents.training.tuning import Tuning


class RunManifest(Document):
    """One run that has been evaluated."""

    schema_version: Literal[1] = 1
    """Rises when a field changes its meaning or goes."""
    key: str
    """The run's name."""
    identity: RunIdentity
    params: dict[str, Any]
    """The Params as they were planned, as data; `data_url` without user name, password and query."""
    image_uri: str
    code_sha256: str
    """SHA-256 in hex of the source of `include/pipeline`."""
    raw: RawData
    split: Split
    training: CompletedTrainingJob
    model_sha256: str | None
    """SHA-256 in hex of the model file in the archive; None where the archive holds none."""
    metrics: AnyMetrics
    reused_from: str | None
    """The run that made the model, where it is not this one."""
    missed: tuple[str, ...]
    """What the gate found wrong; empty where the model passed."""
    contest: Contest | None = Field(default=None, exclude_if=not_)
    """How the model was chosen among those of several algorithms; None where one trained."""
    tuning: Tuning | None = Field(default=None, exclude_if=not_)
    """The trials of which the model is the best; None where its hyperparameters were given."""

    @property
    def contender(self) -> AlgorithmName | None:
        """Which of several algorithms made the model; None where one trained."""
        return self.contest.chosen if self.contest else None

    def __str__(self) -> str:
        verdict = "failed" if self.missed else "passed"
        name, figure = next((name, each) for name, each in self.metrics.FIGURES.items() if each.in_note)
        value = getattr(self.metrics, name)
        told = f"{value:.3f}" if figure.most <= 1 else f"{value:.4g}"
        return f"{figure.title} {told}, {verdict}, {self.raw}"


class ReusedModel(Document):
    """The model of an accepted run whose data and configuration another run has, too."""

    run_id: str
    """The run that made the model."""
    job_name: str
    """The training job that made it."""
    split: Split
    metrics: AnyMetrics
    reason: str
    """Why steps are left out, for those who look for them."""
    contest: Contest | None = Field(default=None, exclude_if=not_)
    """As in the manifest."""
    tuning: Tuning | None = Field(default=None, exclude_if=not_)
    """As in the manifest."""

    @classmethod
    def of(cls, manifest: RunManifest) -> Self:
        """Take it from the accepted run's manifest."""
        run_id = manifest.reused_from or manifest.identity.run_id
        return cls(
            run_id=run_id,
            job_name=manifest.training.name,
            split=manifest.split,
            metrics=manifest.metrics,
            contest=manifest.contest,
            tuning=manifest.tuning,
            reason=f"The model of {run_id} is used again: it was made of the same data in the same way, and "
            "passed the gate. force_retrain trains anew",
        )
