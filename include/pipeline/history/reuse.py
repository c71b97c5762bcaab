"""A model that need not be trained again: looked for, and its results taken over."""

from typing import TYPE_CHECKING

from include.pipeline.aws.object_store import copy_object
from include.pipeline.documents.plan import RunLocations
from include.pipeline.documents.reused_model import ReusedModel
from include.pipeline.history.accepted import find_same

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

    from include.pipeline.documents.plan import RunPlan


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
