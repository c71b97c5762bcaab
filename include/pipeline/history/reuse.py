"""Reuse of an accepted model: find it and copy its results, so that nothing is trained."""

from typing import TYPE_CHECKING

from include.pipeline.aws.object_store import copy_object
from include.pipeline.documents.manifest import ReusedModel
from include.pipeline.history.accepted import find_same, places_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_s3 import S3Client

    from include.pipeline.documents.manifest import RunManifest
    from include.pipeline.documents.plan import RunPlan


def reuse_model(
    s3: "S3Client",
    plan: "RunPlan",
    raw_sha256: str,
    is_genuine: "Callable[[RunManifest], bool]" = lambda _: True,
) -> ReusedModel | None:
    """Find an accepted model that this run would only train again, and copy its predictions and figures.

    The model's archive stays where it is.

    Args:
        s3: Has the accepted models.
        plan: Plan of the run.
        raw_sha256: SHA-256 of its data.
        is_genuine: As in `find_same`.

    Returns:
        None where there is no such model, or the Param `force_retrain` is set.
    """
    if plan.params.force_retrain:
        return None
    manifest = find_same(s3, plan, raw_sha256, is_genuine)
    if manifest is None:
        return None
    theirs = places_of(plan, manifest)
    if manifest.key != plan.key:
        copy_object(s3, theirs.predictions, plan.locations.predictions)
        copy_object(s3, theirs.metrics, plan.locations.metrics)
        if manifest.split.encoding:
            copy_object(s3, theirs.encoding, plan.locations.of_contender(manifest.contender).encoding)
    return ReusedModel.of(manifest)
