"""The last step of a run that scores new rows: its predictions, and the record of what they are."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np

from include.pipeline.aws.object_store import write_object
from include.pipeline.documents.scoring.rows import (
    AnsweredRows,
    EncodedRows,
    ScoreDistribution,
    ScoredRows,
    Scoring,
)
from include.pipeline.scoring.answers import read_answers
from include.pipeline.scoring.predictions import write_predictions
from include.pipeline.scoring.reuse import fingerprint, keep_scored
from include.pipeline.scoring.rows import delete_below

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

    from include.pipeline.documents.raw_data import RawData
    from include.pipeline.documents.scoring.model import ScoringModel
    from include.pipeline.documents.scoring.plan import ScorePlan

_BINS = 20
_QUANTILES = ("0", "0.1", "0.25", "0.5", "0.75", "0.9", "1")


def finish_scoring(
    s3: "S3Client",
    plan: "ScorePlan",
    *,
    raw: "RawData",
    model: "ScoringModel",
    encoded: EncodedRows,
    answers: AnsweredRows,
    max_bytes: int,
) -> Scoring:
    """Write predictions and scoring.json, let later runs find them, and delete the rows that were encoded.

    Args:
        s3: Has rows and answers.
        plan: Of the run.
        raw: The file of the rows.
        model: Has scored them.
        encoded: The rows, as they were sent.
        answers: What came back: to this run's job, or to an earlier one's of the same rows and model.
        max_bytes: That the file may have once it is unpacked.

    Raises:
        TransformError: The answers are not one probability for each row.
        DataError: A column of identifiers is absent, or has other rows.
    """
    scores, sha256 = read_answers(s3, encoded, answers, plan.algorithm)
    written = write_predictions(s3, raw, plan, model, scores, max_bytes=max_bytes)
    scored = fingerprint(plan, raw, model)
    found = Scoring(
        key=plan.key,
        identity=plan.identity,
        pipeline=plan.pipeline,
        params=plan.params.model_dump(mode="json"),
        raw=raw,
        model=model,
        fingerprint=scored,
        encoded=encoded,
        answers=answers,
        kept=written.kept,
        positives=int((scores >= model.threshold).sum()),
        distribution=ScoreDistribution(
            counts=tuple(np.histogram(scores, bins=_BINS, range=(0, 1))[0].tolist()),
            quantiles={share: float(np.quantile(scores, float(share))) for share in _QUANTILES},
            mean=float(scores.mean()),
        ),
        highest=written.highest,
        predictions_sha256=written.csv_sha256,
        written=datetime.now(UTC),
    )
    write_object(s3, plan.locations.scoring, found.model_dump_json(indent=2).encode(), "application/json")
    keep_scored(s3, plan, scored, ScoredRows(rows=encoded, answers=answers, answers_sha256=sha256))
    delete_below(s3, plan.locations.rows)
    return found
