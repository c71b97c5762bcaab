"""Rows that the same model has scored already: they are found again, and no second job is bought."""

import hashlib
import json
import logging
from typing import TYPE_CHECKING

from include.pipeline.aws.object_store import read_object, write_object
from include.pipeline.documents.scoring.rows import ScoredRows
from include.pipeline.errors import DocumentError, TransformError
from include.pipeline.scoring.answers import read_answers

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

    from include.pipeline.documents.raw_data import RawData
    from include.pipeline.documents.scoring.model import ScoringModel
    from include.pipeline.documents.scoring.plan import ScorePlan

# Raise it when a change of the code gives other scores to the same rows by the same model.
_RECIPE = 1

log = logging.getLogger(__name__)


def fingerprint(plan: "ScorePlan", raw: "RawData", model: "ScoringModel") -> str:
    """Hash all that decides which scores the rows get: 64 hex digits."""
    made_of = {
        "recipe": _RECIPE,
        "rows": raw.sha256,
        "file": plan.table.file.model_dump(exclude_defaults=True),
        "model": model.archive_sha256,
        "encoding": model.encoding_sha256,
        "image": model.image_uri,
    }
    return hashlib.sha256(json.dumps(made_of, sort_keys=True).encode()).hexdigest()


def find_scored(s3: "S3Client", plan: "ScorePlan", scored: str) -> ScoredRows | None:
    """Find what another run has scored, where its answers are still there.

    Args:
        s3: Has the answers.
        plan: Of the run that looks.
        scored: The fingerprint.
    """
    uri = _place(plan, scored)
    try:
        found = ScoredRows.read(read_object(s3, uri), uri)
    except s3.exceptions.NoSuchKey:
        return None
    except DocumentError as error:
        log.warning("%s", error)
        return None
    runs = plan.locations.run.rpartition("/")[0]
    if not found.answers.answers_uri.startswith(f"{runs}/"):
        log.warning("%s is not taken: its answers are not those of a run of this DAG", uri)
        return None
    try:
        _, sha256 = read_answers(s3, found.rows, found.answers, plan.algorithm)
    except TransformError as error:
        log.info("The answers of %s are not used again: %s", found.answers.run_id, error.found)
        return None
    return found if sha256 == found.answers_sha256 else None


def keep_scored(s3: "S3Client", plan: "ScorePlan", scored: str, rows: ScoredRows) -> None:
    """Let later runs find what this one has scored."""
    write_object(s3, _place(plan, scored), rows.model_dump_json().encode(), "application/json")


def _place(plan: "ScorePlan", scored: str) -> str:
    return f"{plan.locations.runs_by_fingerprint}/{scored}.json"
