"""manifest.json: what a run was made of and what it made, enough to make it again."""

from typing import Any, Literal

from include.pipeline.document import Document
from include.pipeline.documents.metrics import Metrics
from include.pipeline.documents.plan import RunIdentity
from include.pipeline.documents.raw_data import RawData
from include.pipeline.documents.split import Split
from include.pipeline.documents.training_job import CompletedTrainingJob


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
    metrics: Metrics
    reused_from: str | None
    """The run that made the model, where it is not this one."""
    missed: tuple[str, ...]
    """What the gate found wrong; empty where the model passed."""

    def __str__(self) -> str:
        verdict = "failed" if self.missed else "passed"
        return f"ROC AUC {self.metrics.roc_auc:.3f}, {verdict}, {self.raw}"
