"""Comparison of this run's data with that of the last accepted model, before a job is paid for."""

import logging
from typing import TYPE_CHECKING

from include.pipeline.aws.object_store import read_object, write_object
from include.pipeline.data.comparison.compare import compare
from include.pipeline.data.comparison.reference import find_reference
from include.pipeline.data.drift import check_drift, warnings
from include.pipeline.data.profile import profile
from include.pipeline.data.stored_table import StoredTable
from include.pipeline.documents.drift import Drift
from include.pipeline.documents.profile import DataProfile, PreviousVersion
from include.pipeline.history.accepted import places_of

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

    from include.pipeline.documents.plan import RunPlan

log = logging.getLogger(__name__)


def compare_with_previous(
    s3: "S3Client", plan: "RunPlan", data: StoredTable, raw_sha256: str
) -> Drift | None:
    """Store a profile of this run's data, and measure its drift from the data of the last accepted model.

    Args:
        s3: Has the profiles of all versions.
        plan: Plan of the run.
        data: Its data, as `read_table` returns it.
        raw_sha256: SHA-256 of its file.

    Returns:
        None where no model was accepted before, its data is the same or has no profile, or the YAML has no
        `drift`.

    Raises:
        DriftError: The data is not like the previous version.
        DocumentError: The manifest or the profile of the previous version cannot be read.
    """
    write_object(s3, profile_uri(plan, raw_sha256), profile_of(plan, data), "application/json")
    return measure_drift(plan, data, find_previous_version(s3, plan, raw_sha256))


def profile_uri(plan: "RunPlan", raw_sha256: str) -> str:
    """Tell where the profile of a file is kept."""
    return f"{plan.locations.profiles}/{raw_sha256}.json"


def profile_of(plan: "RunPlan", data: StoredTable) -> bytes:
    """Write the profile of a run's data as JSON."""
    return profile(data, plan.table).model_dump_json().encode()


def find_previous_version(s3: "S3Client", plan: "RunPlan", raw_sha256: str) -> PreviousVersion | None:
    """Find what is known of the data of the last accepted model.

    Returns:
        None where nothing is to be compared: `compare_with_previous` says when.

    Raises:
        DocumentError: The manifest or the profile of the previous version cannot be read.
    """
    if plan.drift is None:
        return None
    found = find_reference(s3, plan)
    if found is None or found[0].raw.sha256 == raw_sha256:
        return None
    previous, reference = found
    uri = f"{places_of(plan, previous).profiles}/{previous.raw.sha256}.json"
    try:
        known = DataProfile.read(read_object(s3, uri), uri)
    except s3.exceptions.NoSuchKey:
        log.warning("The data of %s has no profile: drift is not measured", previous.identity.run_id)
        return None
    log.info("The data is compared with that of %s, from %s", reference.run_id, reference.url)
    return PreviousVersion(reference=reference, profile=known)


def measure_drift(plan: "RunPlan", data: StoredTable, previous: PreviousVersion | None) -> Drift | None:
    """Measure how far a run's data is from the previous version; None where there is none.

    Raises:
        DriftError: It is not like the previous version.
    """
    if previous is None or plan.drift is None:
        return None
    drift = compare(data, plan.table, previous.profile).model_copy(update={"reference": previous.reference})
    for warning in warnings(drift, plan.drift):
        log.warning("%s", warning)
    check_drift(drift, plan.drift)
    return drift
