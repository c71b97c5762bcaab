"""All that a report shows, gathered."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

    from include.pipeline.documents.deployed import Deployed
    from include.pipeline.documents.metrics import Evaluation
    from include.pipeline.documents.plan import RunPlan
    from include.pipeline.documents.raw_data import RawData
    from include.pipeline.documents.split import Split
    from include.pipeline.documents.training_job import CompletedTrainingJob


@dataclass(frozen=True)
class ReportContents:
    """What one report is made of."""

    plan: "RunPlan"
    """The run."""
    raw: "RawData"
    """Its data."""
    split: "Split"
    """Its rows."""
    training: "CompletedTrainingJob"
    """Its job."""
    evaluation: "Evaluation"
    """metrics.json."""
    missed: tuple[str, ...]
    """What the gate found wrong, a clause each; empty where the model passed."""
    labels: "np.ndarray[tuple[int], np.dtype[np.int64]]"
    """0 or 1 of each test row, shape `(rows,)`."""
    scores: "np.ndarray[tuple[int], np.dtype[np.float64]]"
    """The probability of a 1 that the endpoint gave each test row, shape `(rows,)`."""
    deployed: "tuple[Deployed, ...]"
    """Endpoint, endpoint configuration and model."""
    reused_from: str | None
    """The run that made the model and its evaluation, where they are used again, else None. It is this run
    itself where that made them before it ran again."""
    written: datetime
    """When."""
