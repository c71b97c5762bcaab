"""This run's data held against that of the last accepted model, before anything is bought for it."""

import logging
from typing import TYPE_CHECKING

from include.pipeline.aws.object_store import read_object, write_object
from include.pipeline.data.drift import check_drift, warnings
from include.pipeline.data.profile import compare, profile
from include.pipeline.documents.drift import Drift
from include.pipeline.documents.profile import DataProfile
from include.pipeline.history.accepted import find_previous

if TYPE_CHECKING:
    import pandas as pd
    from mypy_boto3_s3 import S3Client

    from include.pipeline.documents.plan import RunPlan

log = logging.getLogger(__name__)


def compare_with_previous(
    s3: "S3Client", plan: "RunPlan", frame: "pd.DataFrame", raw_sha256: str
) -> Drift | None:
    """Keep a profile of this run's data, and tell how far it has drifted from the previous version.

    Args:
        s3: Holds the profiles of all versions.
        plan: The run.
        frame: Its data, as `read_table` returns it.
        raw_sha256: Of its file.

    Returns:
        None where no model was accepted before, its data is the same, or the YAML has no `drift`.

    Raises:
        DriftError: The data is not like the previous version.
        DocumentError: What is stored of the previous version cannot be read.
    """
    own = profile(frame, plan.table).model_dump_json().encode()
    write_object(s3, _profile_uri(plan, raw_sha256), own, "application/json")
    if plan.drift is None:
        return None
    previous = find_previous(s3, plan)
    if previous is None or previous.raw.sha256 == raw_sha256:
        return None
    uri = _profile_uri(plan, previous.raw.sha256)
    try:
        known = DataProfile.read(read_object(s3, uri), uri)
    except s3.exceptions.NoSuchKey:
        log.warning("The data of %s has no profile to compare with", previous.identity.run_id)
        return None
    drift = compare(frame, plan.table, known)
    for warning in warnings(drift, plan.drift):
        log.warning("%s", warning)
    check_drift(drift, plan.drift)
    return drift


def _profile_uri(plan: "RunPlan", raw_sha256: str) -> str:
    return f"{plan.locations.profiles}/{raw_sha256}.json"
