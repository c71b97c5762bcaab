"""All that a report shows, gathered."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from include.pipeline.data.drift import failures, warnings
from include.pipeline.documents.metrics import Evaluation

if TYPE_CHECKING:
    import numpy as np

    from include.pipeline.documents.deployed import Deployed
    from include.pipeline.documents.metrics import ModelEvaluation
    from include.pipeline.documents.plan import RunPlan
    from include.pipeline.documents.raw_data import RawData
    from include.pipeline.documents.split import Split
    from include.pipeline.documents.training.contest import Contest
    from include.pipeline.documents.training.job import CompletedTrainingJob
    from include.pipeline.documents.training.tuning import Tuning


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
    evaluation: "ModelEvaluation"
    """metrics.json."""
    missed: tuple[str, ...]
    """What the gate found wrong, a clause each; empty where the model passed."""
    labels: "np.ndarray"
    """Label of each test row, shape `(rows,)`: 0 or 1, a number, or the place of the class."""
    scores: "np.ndarray"
    """What the endpoint answered for each test row, shape `(rows,)`: the probability of a 1, or the number;
    of classes the probability of each, shape `(rows, classes)`."""
    deployed: "tuple[Deployed, ...]"
    """Endpoint, endpoint configuration and model."""
    reused_from: str | None
    """Run that made the model and its evaluation, where they are used again, else None. It is this run itself
    where this run made them before it was cleared."""
    written: datetime
    """When the report is written."""
    example_row: str | None = None
    """A row of the test features, as CSV; None where it may not be seen, or nobody needs it."""
    contest: "Contest | None" = None
    """How the model was chosen, where several algorithms trained."""
    tuning: "Tuning | None" = None
    """The trials of which it is the best, where a tuning job chose its hyperparameters."""
    kept_beside: tuple[str, ...] = ()
    """Endpoints that other runs were asked to keep and that are there, a line each."""

    @property
    def binary(self) -> Evaluation:
        """metrics.json of a label of 0 and 1, for what only such a report shows.

        Raises:
            TypeError: The label is of another kind.
        """
        if not isinstance(self.evaluation, Evaluation):
            raise TypeError(f"kind: {self.evaluation.kind}")
        return self.evaluation

    @property
    def changes(self) -> tuple[str, ...]:
        """How the data has changed since the last accepted model, a sentence each."""
        drift, limits = self.evaluation.drift, self.plan.drift
        if drift is None or limits is None:
            return ()
        return (*(found for found, _ in failures(drift, limits)), *warnings(drift, limits))

    @property
    def few_rows_shown(self) -> bool:
        """Whether the report may count fewer than ten rows, by the plan of this run."""
        return self.plan.table.shows(self.plan.table.label)
