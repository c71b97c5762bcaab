"""A model that need not be trained again, and what is known of it."""

from typing import TYPE_CHECKING, Self

from pydantic import BaseModel, ConfigDict

from include.pipeline.aws.object_store import copy_object
from include.pipeline.documents.metrics import Metrics
from include.pipeline.documents.plan import RunLocations
from include.pipeline.documents.split import Split
from include.pipeline.history.accepted import find_same

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

    from include.pipeline.documents.manifest import RunManifest
    from include.pipeline.documents.plan import RunPlan


class ReusedModel(BaseModel):
    """The model of an accepted run whose data and configuration another run has, too."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    run_id: str
    """Of the run that made it."""
    job_name: str
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


def reuse_model(s3: "S3Client", plan: "RunPlan", raw_sha256: str) -> ReusedModel | None:
    """Look for a model that this run would only make again, and take over its predictions and figures.

    The model's archive stays where it is.

    Args:
        s3: Holds the accepted runs.
        plan: The run.
        raw_sha256: Of its data.

    Returns:
        None where there is no such model, or the run is to train anew.
    """
    if plan.params.force_retrain:
        return None
    manifest = find_same(s3, plan, raw_sha256)
    if manifest is None:
        return None
    theirs = RunLocations.of(plan.bucket, plan.identity.dag_id, manifest.key)
    if manifest.key != plan.key:
        copy_object(s3, theirs.predictions, plan.locations.predictions)
        copy_object(s3, theirs.metrics, plan.locations.metrics)
    return ReusedModel.of(manifest)
