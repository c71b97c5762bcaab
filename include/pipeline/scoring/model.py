"""Which accepted model scores: the newest of the pipeline's own source, or the one that is named."""

import hashlib
import logging
from itertools import islice
from typing import TYPE_CHECKING

from include.pipeline.aws.object_store import read_object, write_object
from include.pipeline.data.comparison.reference import is_of_source
from include.pipeline.data.encoding.record import Encoding, Number
from include.pipeline.documents.metrics import Metrics
from include.pipeline.documents.plan import RunLocations
from include.pipeline.documents.scoring.model import ScoringModel
from include.pipeline.documents.table.config import PlannedTable
from include.pipeline.errors import ObjectError, ParamError
from include.pipeline.history.accepted import accepted_models, places_of
from include.pipeline.history.listed import ListedModels, is_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mypy_boto3_s3 import S3Client

    from include.pipeline.documents.manifest import RunManifest
    from include.pipeline.documents.scoring.plan import ScorePlan

# Each is a request to S3.
_MOST_LOOKED_AT = 100

log = logging.getLogger(__name__)


def choose_model(
    s3: "S3Client", plan: "ScorePlan", is_genuine: "Callable[[RunManifest], bool]" = lambda _: True
) -> ScoringModel:
    """Find the accepted model that scores, and keep its encoding beside what the run makes.

    A model is passed over when its archive has been deleted, is not in its run's folder or not the one that
    was evaluated, or when its image is none that the limits allow.

    Args:
        s3: Has the accepted models.
        plan: Of the run.
        is_genuine: Says so of a model by what is known elsewhere: SageMaker knows which job wrote it.

    Raises:
        ParamError: There is no such model.
        DocumentError: What is stored of one cannot be read.
    """
    models = ListedModels.of(plan.bucket, plan.pipeline, plan.identity)
    for manifest in _candidates(s3, plan, models):
        metrics = manifest.metrics
        # A model of before the YAML had another kind of label answers no probability.
        if (
            isinstance(metrics, Metrics)
            and _has_allowed_image(manifest, plan)
            and is_whole(s3, manifest)
            and is_genuine(manifest)
        ):
            return _scoring_model(s3, plan, models, manifest, metrics)
    named = plan.params.model
    raise ParamError(
        f"model = {named!r}: the pipeline {plan.pipeline} has no such accepted model in {plan.bucket}",
        "a run of the pipeline has passed the gate, its model is there and, where the YAML's registry asks a "
        "person, approved",
        "Name a run that the page Models lists as accepted" if named else f"Run {plan.pipeline} first",
    )


def read_encoding(s3: "S3Client", plan: "ScorePlan", model: ScoringModel) -> Encoding:
    """Read the encoding that `choose_model` has kept.

    Raises:
        ObjectError: It is not what was kept.
        DocumentError: It cannot be read.
    """
    uri = f"{plan.locations.run}/encoding.json"
    content = read_object(s3, uri)
    if hashlib.sha256(content).hexdigest() != model.encoding_sha256:
        raise ObjectError(
            f"{uri} has another SHA-256 than choose_model noted",
            "it is the encoding of the model",
            "Clear choose_model and what follows it",
        )
    return Encoding.read(content, uri)


def _candidates(s3: "S3Client", plan: "ScorePlan", models: ListedModels) -> "Iterator[RunManifest]":
    """List those that may score: the one that is named; or those of the own source, and then the others."""
    found = accepted_models(s3, models)
    if plan.params.model is not None:
        yield from (one for one in found if one.identity.run_id == plan.params.model)
        return
    others = []
    for manifest in islice(found, _MOST_LOOKED_AT):
        if is_of_source(manifest, plan.own_source):
            yield manifest
        else:
            others.append(manifest)
    yield from others


def _has_allowed_image(manifest: "RunManifest", plan: "ScorePlan") -> bool:
    if manifest.image_uri in plan.images:
        return True
    log.warning(
        "The accepted model of %s is not taken: the limits do not allow its image %s",
        manifest.identity.run_id,
        manifest.image_uri,
    )
    return False


def _scoring_model(
    s3: "S3Client",
    plan: "ScorePlan",
    models: ListedModels,
    manifest: "RunManifest",
    metrics: Metrics,
) -> ScoringModel:
    places = places_of(models, manifest)
    encoding = encoding_of(s3, places, manifest)
    write_object(s3, f"{plan.locations.run}/encoding.json", encoding, "application/json")
    archive = manifest.training.archive_sha256
    matrix = metrics.confusion_matrix
    return ScoringModel(
        key=manifest.key,
        run_id=manifest.identity.run_id,
        image_uri=manifest.image_uri,
        model_uri=manifest.training.model_uri,
        # An earlier version did not note it; what is there has just been held to the model file's hash.
        archive_sha256=archive or hashlib.sha256(read_object(s3, manifest.training.model_uri)).hexdigest(),
        threshold=metrics.threshold,
        encoding_sha256=hashlib.sha256(encoding).hexdigest(),
        profile_uri=f"{places.profiles}/{manifest.raw.sha256}.json",
        roc_auc=metrics.roc_auc,
        expected_positives=matrix.predicted_positive / metrics.rows,
    )


def encoding_of(s3: "S3Client", places: RunLocations, manifest: "RunManifest") -> bytes:
    """Read how the rows of a run were encoded; of a table of numbers, write what is left as it is.

    Args:
        s3: Has what the run keeps.
        places: Of the run.
        manifest: Of the run.

    Returns:
        The content of an encoding.json.

    Raises:
        ObjectError: It is not the one that the model was trained with.
    """
    if manifest.split.encoding:
        content = read_object(s3, places.encoding)
        if hashlib.sha256(content).hexdigest() != manifest.split.encoding.sha256:
            raise ObjectError(
                f"{places.encoding} has another SHA-256 than the manifest of {manifest.key}",
                "it is the encoding that the model was trained with",
                "Find out who wrote it; train a new model",
            )
        return content
    table = PlannedTable.read(read_object(s3, places.plan), places.plan).table
    columns = tuple(
        Number(name=name, is_named=name in table.numbers) for name in manifest.split.feature_names
    )
    return Encoding(missing=table.missing, columns=columns).content
