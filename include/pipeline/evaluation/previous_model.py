"""The last accepted model beside the run's own, on the test rows that neither was trained on."""

import logging
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
from sklearn import metrics as scikit

from include.pipeline.aws.object_store import is_there, read_object
from include.pipeline.documents.metrics import Metrics, PreviousModel
from include.pipeline.evaluation.explanation import predict
from include.pipeline.evaluation.unseen_rows import rows_trained_on, unseen_rows
from include.pipeline.figures.interval import CONFIDENCE
from include.pipeline.figures.ranking.roc_auc_difference import roc_auc_difference
from include.pipeline.history.accepted import accepted_before
from include.pipeline.history.model_archive import read_model
from include.pipeline.history.provenance import has_accepted_content

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_s3 import S3Client

    from include.pipeline.documents.manifest import RunManifest
    from include.pipeline.documents.plan import RunPlan
    from include.pipeline.documents.split import Split

log = logging.getLogger(__name__)

_JUDGES = 10


def ask_previous(
    plan: "RunPlan",
    split: "Split",
    s3: "S3Client",
    *,
    labels: np.ndarray,
    scores: np.ndarray,
    features: bytes,
) -> tuple[PreviousModel | None, PreviousModel | None]:
    """Have the last accepted model score the test rows, and compare it with the run's own.

    So is the best of the last ten, by the ROC AUC that each had on its own test rows: else models that are
    each a little worse than the one before would pass for ever.

    Args:
        plan: Plan of the run.
        split: Of the run.
        s3: Has the models and the rows that they were trained on.
        labels: Of the test rows, shape `(rows,)`.
        scores: Of the run's own model, shape `(rows,)`.
        features: CSV lines of the test rows.

    Returns:
        The last model's comparison, None where the Params do not ask for it, or no model was accepted before;
        and that of the best, None where it is the same one, or cannot be compared.

    Raises:
        DocumentError: What is stored of an accepted model cannot be read.
    """
    if plan.params.max_roc_auc_drop is None:
        return None, None
    there = (manifest for manifest in _models_that_are_there(s3, plan) if manifest.metrics.kind == "binary")
    judges = list(islice(there, _JUDGES))
    if not judges:
        return None, None

    def ask(manifest: "RunManifest", best_of: int = 1) -> PreviousModel:
        found = scores_and_unseen(plan.locations.of_the_model, split, s3, manifest, features)
        run_id = manifest.identity.run_id
        if found is None:
            other = not split.has_encoding_of(manifest.split)
            return PreviousModel(run_id=run_id, roc_auc=None, has_other_encoding=other, best_of=best_of)
        return compared(run_id, labels, scores, *found, best_of=best_of)

    last = ask(judges[0])
    alike = [manifest for manifest in judges if split.has_features_of(manifest.split)]
    best = max(alike, key=_roc_auc, default=judges[0])
    if best is judges[0]:
        return last, None
    asked = ask(best, len(alike))
    return last, None if asked.roc_auc is None else asked


def _roc_auc(manifest: "RunManifest") -> float:
    return manifest.metrics.roc_auc if isinstance(manifest.metrics, Metrics) else 0.0


def scores_and_unseen(
    run: str, split: "Split", s3: "S3Client", manifest: "RunManifest", features: bytes
) -> tuple[np.ndarray, np.ndarray] | None:
    """Have an accepted model score a run's test rows, and tell which of them neither model was trained on.

    Args:
        run: URI of the folder of the run.
        split: Of the run.
        s3: Has the models and the rows that they were trained on.
        manifest: Of the accepted model.
        features: CSV lines of the test rows.

    Returns:
        Scores and whether each row is unseen; None where the model takes other rows, or cannot be read.
    """
    # Another model in its place would lower the bar. Without its figure the gate lets none pass.
    if not split.has_features_of(manifest.split) or not has_accepted_content(s3, manifest):
        return None
    model = read_model(read_object(s3, manifest.training.model_uri))
    scores = predict(model, features) if model else None
    if scores is None:
        return None
    # A model that was used again lies where the run that trained it keeps its rows too.
    maker = manifest.training.model_uri.rsplit("/", 4)[0]
    theirs = rows_trained_on(s3, maker, manifest.split)
    own = rows_trained_on(s3, run, split)
    if theirs is None or own is None:
        return scores, np.zeros(len(scores), dtype=bool)
    return scores, unseen_rows(features, theirs + own)


def compared(
    run_id: str,
    labels: np.ndarray,
    scores: np.ndarray,
    previous: np.ndarray,
    unseen: np.ndarray,
    *,
    best_of: int = 1,
) -> PreviousModel:
    """Compare two models on the rows that neither was trained on.

    Args:
        run_id: The run of the accepted model.
        labels: 0 or 1, both present, shape `(rows,)`.
        scores: Of the run's own model.
        previous: Of the accepted one.
        unseen: Which rows count.
        best_of: Of how many the accepted one was chosen.
    """
    counted = labels[unseen]
    rarer = int(min(counted.sum(), len(counted) - counted.sum()))
    if not rarer:
        area = float(scikit.roc_auc_score(labels, previous))
        return PreviousModel(
            run_id=run_id, roc_auc=area, unseen_rows=len(counted), unseen_rarer=0, best_of=best_of
        )
    # The best of several is the luckiest, too: C. Bonferroni's correction.
    confidence = 1 - (1 - CONFIDENCE) / best_of
    found = roc_auc_difference(counted, scores[unseen], previous[unseen], confidence=confidence)
    return PreviousModel(
        run_id=run_id,
        roc_auc=found.second,
        unseen_rows=len(counted),
        unseen_rarer=rarer,
        own_roc_auc=found.first,
        change=found.interval,
        best_of=best_of,
    )


def _models_that_are_there(s3: "S3Client", plan: "RunPlan") -> "Iterator[RunManifest]":
    for manifest in accepted_before(s3, plan):
        if is_there(s3, manifest.training.model_uri):
            yield manifest
        else:
            log.warning(
                "The model of %s is no longer on S3: the accepted model before it is compared instead",
                manifest.identity.run_id,
            )
