"""Whether a model is better than the one that is served: on the same rows, which neither was trained on."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from include.pipeline.documents.metrics import Metrics
from include.pipeline.errors import ParamError
from include.pipeline.evaluation.previous_model import compared, scores_and_unseen
from include.pipeline.history.accepted import places_of
from include.pipeline.scoring.champion.known_answers import KnownAnswers

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mypy_boto3_s3 import S3Client

    from include.pipeline.documents.manifest import RunManifest
    from include.pipeline.history.listed import ListedModels


@dataclass(frozen=True)
class Verdict:
    """What became of a challenge."""

    is_better: bool
    reason: str


def best_of(manifests: "Iterable[RunManifest]") -> "RunManifest | None":
    """Take the model of the highest ROC AUC on its own test rows; of equal ones the first."""
    return max(manifests, key=_roc_auc, default=None)


def challenge(
    s3: "S3Client", models: "ListedModels", challenger: "RunManifest", champion: "RunManifest"
) -> Verdict:
    """Compare a model with the one that is served, on the challenger's test rows.

    The ROC AUC on the rows that neither model was trained on decides. Where these say nothing, the figures
    do that each model has on its own test rows.

    Raises:
        ParamError: The challenger takes other columns, or the same encoded otherwise.
    """
    if challenger.training.name == champion.training.name:
        return Verdict(is_better=False, reason=f"The model of {champion.identity.run_id} is served already")
    if not challenger.split.has_features_of(champion.split):
        raise ParamError(
            f"the model of {challenger.identity.run_id} takes other rows than that of "
            f"{champion.identity.run_id}, which is served",
            "applications send the same encoded rows before and after a promotion",
            "Give serve.endpoint another name, which begins anew, and let applications move to it",
        )
    known = KnownAnswers.of(s3, models, challenger)
    run = places_of(models, challenger).run
    found = scores_and_unseen(run, challenger.split, s3, champion, known.features)
    names = f"{challenger.identity.run_id} and {champion.identity.run_id}"
    if found is not None:
        paired = compared(champion.identity.run_id, known.labels, known.scores, *found)
        if paired.own_roc_auc is not None and paired.roc_auc is not None:
            on = f"on {paired.unseen_rows} rows that neither was trained on"
            return _verdict(paired.own_roc_auc, paired.roc_auc, f"{names}, {on}")
    return _verdict(_roc_auc(challenger), _roc_auc(champion), f"{names}, each on its own test rows")


def _verdict(own: float, theirs: float, what: str) -> Verdict:
    return Verdict(is_better=own > theirs, reason=f"ROC AUC {own:.5f} beside {theirs:.5f}: {what}")


def _roc_auc(manifest: "RunManifest") -> float:
    return manifest.metrics.roc_auc if isinstance(manifest.metrics, Metrics) else 0.0
