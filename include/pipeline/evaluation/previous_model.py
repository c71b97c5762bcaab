"""The last accepted model beside the run's own, on the test rows that neither was trained on."""

import logging
from typing import TYPE_CHECKING

import numpy as np
from sklearn import metrics as scikit

from include.pipeline.aws.object_store import is_there, read_object
from include.pipeline.documents.metrics import PreviousModel
from include.pipeline.evaluation.explanation import predict
from include.pipeline.evaluation.unseen_rows import rows_trained_on, unseen_rows
from include.pipeline.figures.roc_auc_difference import roc_auc_difference
from include.pipeline.history.accepted import accepted_before
from include.pipeline.history.model_archive import read_model
from include.pipeline.history.provenance import has_accepted_content

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

    from include.pipeline.documents.manifest import RunManifest
    from include.pipeline.documents.plan import RunPlan
    from include.pipeline.documents.split import Split

log = logging.getLogger(__name__)


def ask_previous(
    plan: "RunPlan",
    split: "Split",
    s3: "S3Client",
    *,
    labels: np.ndarray,
    scores: np.ndarray,
    features: bytes,
) -> PreviousModel | None:
    """Have the last accepted model score the test rows, and compare it with the run's own.

    Args:
        plan: Plan of the run.
        split: Of the run.
        s3: Has the models and the rows that they were trained on.
        labels: Of the test rows, shape `(rows,)`.
        scores: Of the run's own model, shape `(rows,)`.
        features: CSV lines of the test rows.

    Returns:
        The comparison; None where the Params do not ask for it, or no model was accepted before.

    Raises:
        DocumentError: What is stored of the last accepted model cannot be read.
    """
    manifest = _previous_that_is_there(s3, plan) if plan.params.max_roc_auc_drop is not None else None
    if manifest is None:
        return None
    previous = None
    # Another model in its place would lower the bar. Without its figure the gate lets none pass.
    if manifest.split.feature_names == split.feature_names and has_accepted_content(s3, manifest):
        model = read_model(read_object(s3, manifest.training.model_uri))
        previous = predict(model, features) if model else None
    run_id = manifest.identity.run_id
    if previous is None:
        return PreviousModel(run_id=run_id, roc_auc=None)
    # A model that was used again lies where the run that trained it keeps its rows too.
    maker = manifest.training.model_uri.rsplit("/", 4)[0]
    theirs = rows_trained_on(s3, maker, manifest.split)
    own = rows_trained_on(s3, plan.locations.run, split)
    unseen = np.zeros(len(labels), dtype=bool)
    if theirs is not None and own is not None:
        unseen = unseen_rows(features, theirs + own)
    return compared(run_id, labels, scores, previous, unseen)


def compared(
    run_id: str, labels: np.ndarray, scores: np.ndarray, previous: np.ndarray, unseen: np.ndarray
) -> PreviousModel:
    """Compare two models on the rows that neither was trained on.

    Args:
        run_id: The run of the last accepted model.
        labels: 0 or 1, both present, shape `(rows,)`.
        scores: Of the run's own model.
        previous: Of the last accepted one.
        unseen: Which rows count.
    """
    counted = labels[unseen]
    rarer = int(min(counted.sum(), len(counted) - counted.sum()))
    if not rarer:
        area = float(scikit.roc_auc_score(labels, previous))
        return PreviousModel(run_id=run_id, roc_auc=area, unseen_rows=len(counted), unseen_rarer=0)
    found = roc_auc_difference(counted, scores[unseen], previous[unseen])
    return PreviousModel(
        run_id=run_id,
        roc_auc=found.second,
        unseen_rows=len(counted),
        unseen_rarer=rarer,
        own_roc_auc=found.first,
        change=found.interval,
    )


def _previous_that_is_there(s3: "S3Client", plan: "RunPlan") -> "RunManifest | None":
    for manifest in accepted_before(s3, plan):
        if is_there(s3, manifest.training.model_uri):
            return manifest
        log.warning(
            "The model of %s is no longer on S3: the accepted model before it is compared instead",
            manifest.identity.run_id,
        )
    return None
