"""Whether the scores of the last accepted model have changed with the data."""

import logging
from typing import TYPE_CHECKING

import numpy as np

from include.pipeline.aws.object_store import is_there, read_object
from include.pipeline.documents.drift import ScoreDrift
from include.pipeline.errors import DocumentError
from include.pipeline.evaluation.explanation import predict
from include.pipeline.evaluation.predictions import read_predictions
from include.pipeline.figures.chance import chance_of_bins
from include.pipeline.figures.changes import population_stability_index
from include.pipeline.history.accepted import find_previous, places_of
from include.pipeline.history.model_archive import read_model
from include.pipeline.history.provenance import has_accepted_content

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

    from include.pipeline.documents.plan import RunPlan
    from include.pipeline.documents.split import Split

log = logging.getLogger(__name__)

_TENTHS = np.arange(1, 10) / 10


def compare_scores(s3: "S3Client", plan: "RunPlan", split: "Split", features: bytes) -> ScoreDrift | None:
    """Compare the scores that the last accepted model gives to the new test rows with those of its own.

    One model scores both, so that what differs is the data. Rows of the new version that this model was
    trained on are among them; their scores are somewhat farther from the middle.

    Args:
        s3: Has that model, and its run's predictions.csv.
        plan: Plan of the run.
        split: Has the drift and the names of the columns.
        features: The run's test rows, as `explanation.predict` takes them.

    Returns:
        None where the data has not changed, or that model or its predictions cannot be read or are not those
        of the version that the data was compared with.

    Raises:
        DocumentError: What is stored of that model cannot be read.
    """
    if split.drift is None or split.drift.reference is None or plan.table.kind == "multiclass":
        return None  # the scores of several classes are no one distribution
    run_id = split.drift.reference.run_id
    previous = find_previous(s3, plan, lambda manifest: manifest.identity.run_id == run_id)
    if previous is None or previous.identity.run_id != run_id:
        return None
    predictions = places_of(plan, previous).predictions
    if not split.has_features_of(previous.split) or not (
        is_there(s3, predictions)
        and is_there(s3, previous.training.model_uri)
        and has_accepted_content(s3, previous)
    ):
        return None
    model = read_model(read_object(s3, previous.training.model_uri))
    scores = predict(model, features) if model else None
    if scores is None:
        return None
    try:
        _, own = read_predictions(read_object(s3, predictions), predictions, plan.table.kind)
    except DocumentError as error:
        log.warning("The scores are not compared: %s", error.found)
        return None
    drift = drift_of_scores(scores, own)
    log.info("The scores of the last accepted model have a PSI of %.4f", drift.psi)
    return drift


def drift_of_scores(scores: np.ndarray, previous: np.ndarray) -> ScoreDrift:
    """Compare the scores that one model gives to two samples of rows, in the tenths of the second.

    Args:
        scores: Shape `(rows,)`.
        previous: Shape `(other rows,)`.
    """
    # Scores are of 32 bits; in predictions.csv they are written in as many digits.
    scores, previous = (rows.astype(np.float32) for rows in (scores, previous))
    edges = np.unique(np.quantile(previous, _TENTHS, method="inverted_cdf"))
    counts, before = (
        np.bincount(np.searchsorted(edges, rows), minlength=len(edges) + 1).tolist()
        for rows in (scores, previous)
    )
    return ScoreDrift(psi=population_stability_index(counts, before), chance=chance_of_bins(counts, before))
