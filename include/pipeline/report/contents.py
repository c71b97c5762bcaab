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
    """Plan of the run."""
    raw: "RawData"
    """Source file of the run."""
    split: "Split"
    """Rows to train on and to test on."""
    training: "CompletedTrainingJob"
    """Training job that made the model."""
    evaluation: "Evaluation"
    """metrics.json."""
    missed: tuple[str, ...]
    """What the gate found wrong, a clause each; empty where the model passed."""
    labels: "np.ndarray[tuple[int], np.dtype[np.int64]]"
    """Label of each test row, 0 or 1, shape `(rows,)`."""
    scores: "np.ndarray[tuple[int], np.dtype[np.float64]]"
    """The probability of a 1 that the endpoint gave each test row, shape `(rows,)`."""
    deployed: "tuple[Deployed, ...]"
    """Endpoint, endpoint configuration and model."""
    reused_from: str | None
    """Run that made the model and its evaluation, where they are used again, else None. It is this run itself
    where this run made them before it was cleared."""
    written: datetime
    """When the report is written."""
    example_row: str | None = None
    """A row of the test features, as CSV; None where it may not be seen, or nobody needs it."""
    kept_beside: tuple[str, ...] = ()
    """Endpoints that other runs were asked to keep and that are there, a line each."""

    @property
    def few_rows_shown(self) -> bool:
        """Whether the report may count fewer than ten rows, by the plan of this run."""
        return self.plan.table.shows(self.plan.table.label)
