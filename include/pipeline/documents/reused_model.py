"""A model that is used again, and what is known of it."""

from typing import TYPE_CHECKING, Self

from include.pipeline.document import Document
from include.pipeline.documents.metrics import Metrics
from include.pipeline.documents.split import Split

if TYPE_CHECKING:
    from include.pipeline.documents.manifest import RunManifest


class ReusedModel(Document):
    """The model of an accepted run whose data and configuration another run has, too."""

    run_id: str
    """The run that made the model."""
    job_name: str
    """The training job that made it."""
    split: Split
    metrics: Metrics
    reason: str
    """Why steps are left out, for those who look for them."""

    @classmethod
    def of(cls, manifest: "RunManifest") -> Self:
        """Take it from the accepted run's manifest."""
        run_id = manifest.reused_from or manifest.identity.run_id
        return cls(
            run_id=run_id,
            job_name=manifest.training.name,
            split=manifest.split,
            metrics=manifest.metrics,
            reason=f"The model of {run_id} is used again: it was made of the same data in the same way, and "
            "passed the gate. force_retrain trains anew",
        )
