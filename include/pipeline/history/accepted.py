"""The list on S3 of the models that have passed the gate: adds to it, and searches it.

Each model is one object, `<models>/<when>/<fingerprint>/<run key>.json`, with the run's manifest. `when` is
the start of the run's data interval, or, where the run has none, the time when it was planned. So models are
in the order of their data, also where an old period is processed later.

A deployment's list is its own. Versions without deployments kept one list in a bucket, for every Airflow that
used it: what is in there is searched too, and never changed.
"""

import hashlib
import json
import logging
from dataclasses import dataclass
from datetime import UTC
from http import HTTPStatus
from itertools import islice
from typing import TYPE_CHECKING, Any, Self

from botocore.exceptions import ClientError

from include.pipeline.aws.object_store import is_there, list_objects, read_object, split_uri, write_object
from include.pipeline.documents.manifest import RunManifest
from include.pipeline.documents.metrics import read_evaluation
from include.pipeline.documents.plan import RunLocations
from include.pipeline.documents.training.algorithm import XGBOOST
from include.pipeline.history.provenance import ModelsOf, has_accepted_content, is_in_its_place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from mypy_boto3_s3 import S3Client

    from include.pipeline.documents.plan import RunIdentity, RunPlan

log = logging.getLogger(__name__)

# Raise it when a change of the code gives another model or other figures from the same data and Params.
_RECIPE = 1
# Each is a request to S3.
_MOST_LOOKED_AT = 100
# Params that change neither model nor figures.
_OF_NO_MATTER = {
    "data_url",
    "source_connection",
    "bucket",
    "bucket_owner",
    "role",
    "training_instance_type",
    "endpoint_instance_type",
    "endpoint_instance_count",
    "min_roc_auc",
    "gate",
    "must_beat_baseline",
    "undecided_passes",
    "max_cost",
    "force_retrain",
    "keep_endpoint",
    "keep_rejected",
    "delete_data",
}
# Those that had no default at the start, so that runs have them in their hash whatever they are.
_FROM_THE_START = ("threshold_rule", "threshold", "max_roc_auc_drop")


@dataclass(frozen=True)
class _Entry:
    uri: str
    when: str
    fingerprint: str
    key: str
    deployment_id: str
    """Whose list it is in; empty for that of versions without deployments."""

    @classmethod
    def of(cls, uri: str, deployment_id: str) -> Self:
        when, fingerprint, file = uri.rsplit("/", 3)[1:]
        return cls(uri, when, fingerprint, file.removesuffix(".json"), deployment_id)


def fingerprint(plan: "RunPlan", raw_sha256: str) -> str:
    """Hash all that decides which model a run makes and what its figures are.

    An option at its default is left out: with it, a run makes what runs made before it was added.

    Args:
        plan: Plan of the run.
        raw_sha256: SHA-256 of its data.

    Returns:
        64 hex digits.
    """
    if plan.contenders:
        # Whichever of them the plan has come to be for.
        plan = plan.chosen(plan.contenders[0].algorithm)
    made_of: dict[str, Any] = {
        "recipe": _RECIPE,
        "data": raw_sha256,
        # `drop` is in the hash even at its default, as it was from the start. By which groups figures are
        # told is not, nor who may see values, unless features are called after them.
        "table": {"drop": plan.table.drop}
        | plan.table.model_dump(
            exclude={"groups"} if plan.table.encoded else {"show_values", "groups"}, exclude_defaults=True
        ),
        "image": plan.image_uri,
        **({} if plan.algorithm == XGBOOST else {"algorithm": plan.algorithm}),
        **({"tune": plan.tuning["HyperParameterTuningJobConfig"]} if plan.tuning else {}),
        "params": plan.params.model_dump(exclude=_OF_NO_MATTER, exclude_defaults=True)
        | {name: getattr(plan.params, name) for name in _FROM_THE_START},
    }
    if plan.contenders:
        told = {"algorithm", "image_uri", "hyperparameters"}
        made_of["contenders"] = [each.model_dump(include=told) for each in plan.contenders[1:]]
    if plan.costs and not plan.params.costs:
        made_of["costs"] = plan.costs.model_dump()
    return hashlib.sha256(json.dumps(made_of, sort_keys=True).encode()).hexdigest()


def accept(s3: "S3Client", plan: "RunPlan", manifest: RunManifest) -> None:
    """Add a run's model, which has passed the gate, to the list, in place of an earlier one of this run."""
    when, made_of = _when(manifest.identity), fingerprint(plan, manifest.raw.sha256)
    uri = f"{plan.locations.models}/{when}/{made_of}/{plan.key}.json"
    write_object(s3, uri, manifest.model_dump_json(indent=2).encode(), "application/json")
    for earlier in listed_for(s3, plan.locations.models, plan.key):
        if earlier != uri:
            bucket, name = split_uri(earlier)
            s3.delete_object(Bucket=bucket, Key=name)


def find_same(
    s3: "S3Client",
    plan: "RunPlan",
    raw_sha256: str,
    is_genuine: "Callable[[RunManifest], bool]" = lambda _: True,
) -> RunManifest | None:
    """Find the newest accepted model that was made from the same data in the same way, by any run.

    A model is passed over when its archive has been deleted, is not in its run's folder or not the one that
    was evaluated, or when its run has other figures by now.

    Args:
        s3: Has the accepted models.
        plan: Of the run that looks.
        raw_sha256: SHA-256 of its data.
        is_genuine: Says so of a model by what is known elsewhere: SageMaker knows which job wrote it.

    Raises:
        DocumentError: The manifest or the figures of such a model cannot be read.
    """
    made_of = fingerprint(plan, raw_sha256)
    for entry in reversed(_entries(s3, plan)):
        if entry.fingerprint == made_of:
            manifest = _read(s3, entry)
            if (
                manifest
                and is_in_its_place(manifest, plan, entry.key)
                and is_there(s3, manifest.training.model_uri)
                and has_accepted_content(s3, manifest)
                and _has_figures(s3, plan, manifest)
                and is_genuine(manifest)
            ):
                return manifest
    return None


def find_previous(
    s3: "S3Client", plan: "RunPlan", is_preferred: "Callable[[RunManifest], bool]" = lambda _: True
) -> RunManifest | None:
    """Find the accepted model of the newest data that is older than this run's.

    Args:
        s3: Has the accepted models.
        plan: Of the run that looks.
        is_preferred: Says so of a model. Of the newest hundred, the newest of these is found, or else the
            newest of all.

    Raises:
        DocumentError: The manifest of one of them cannot be read.
    """
    newest = None
    for manifest in islice(accepted_before(s3, plan), _MOST_LOOKED_AT):
        if is_preferred(manifest):
            return manifest
        newest = newest or manifest
    return newest


def accepted_before(s3: "S3Client", plan: "RunPlan") -> "Iterator[RunManifest]":
    """Read the accepted models of data that is older than this run's, the newest first.

    One whose archive is not in its run's folder is passed over.

    Raises:
        DocumentError: The manifest of one cannot be read.
    """
    when = _when(plan.identity)
    for manifest in accepted_models(s3, plan, lambda entry: entry.when < when and entry.key != plan.key):
        # A run that was cleared since has another key in the list of before.
        if manifest.identity.run_id != plan.identity.run_id:
            yield manifest


def accepted_models(
    s3: "S3Client", models: ModelsOf, is_wanted: "Callable[[_Entry], bool]" = lambda _: True
) -> "Iterator[RunManifest]":
    """Read a pipeline's accepted models, those of the newest data first.

    One whose archive is not in its run's folder is passed over.

    Args:
        s3: Has the accepted models.
        models: The pipeline's.
        is_wanted: Says so of an entry of the list, before it is read.

    Raises:
        DocumentError: The manifest of one cannot be read.
    """
    for entry in reversed(_entries(s3, models)):
        manifest = _read(s3, entry) if is_wanted(entry) else None
        if manifest and is_in_its_place(manifest, models, entry.key):
            yield manifest


def newest_listed(uris: "Iterable[str]") -> str | None:
    """Take the run key of the newest data's model from the URIs of a list; None where it is empty."""
    entries = [_Entry.of(uri, "") for uri in uris]
    return max(entries, key=lambda entry: (entry.when, entry.key)).key if entries else None


def listed_for(s3: "S3Client", models: str, key: str) -> "Iterator[str]":
    """List the URIs under which a run's models are listed."""
    return (uri for uri in list_objects(s3, f"{models}/") if is_listed_for(uri, key))


def is_listed_for(uri: str, key: str) -> bool:
    """Tell whether an object lists a model of the run of this key."""
    return uri.endswith(f"/{key}.json")


def places_of(models: ModelsOf, manifest: RunManifest) -> RunLocations:
    """Tell where the run of an accepted model, which another run has found, keeps what it made."""
    dag_id, deployment_id = models.identity.dag_id, manifest.identity.deployment_id
    places = RunLocations.of(models.bucket, dag_id, manifest.key, deployment_id=deployment_id)
    return places.of_contender(manifest.contender)


def _entries(s3: "S3Client", models: ModelsOf) -> list[_Entry]:
    """List the accepted models, those of the oldest data first."""
    deployment_id = models.identity.deployment_id
    entries = [_Entry.of(uri, deployment_id) for uri in list_objects(s3, f"{models.locations.models}/")]
    if deployment_id:
        entries += [_Entry.of(uri, "") for uri in _listed_before(s3, models)]
    return sorted(entries, key=lambda entry: (entry.when, entry.deployment_id, entry.key))


def _listed_before(s3: "S3Client", models: ModelsOf) -> list[str]:
    place = RunLocations.of(models.bucket, models.identity.dag_id, "", deployment_id="").models
    try:
        return list_objects(s3, f"{place}/")
    except ClientError as error:
        if not _is_forbidden(error):
            raise
        # A policy of one deployment need not reach what all of them had together.
        log.info("The models of earlier versions are passed over: %s may not be listed", place)
        return []


def _is_forbidden(error: ClientError) -> bool:
    return error.response["ResponseMetadata"]["HTTPStatusCode"] == HTTPStatus.FORBIDDEN


def _read(s3: "S3Client", entry: _Entry) -> RunManifest | None:
    try:
        manifest = RunManifest.read(read_object(s3, entry.uri), entry.uri)
    except s3.exceptions.NoSuchKey:
        # The run was deleted after the list was read.
        return None
    except ClientError as error:
        if entry.deployment_id or not _is_forbidden(error):
            raise
        log.info("A model of an earlier version is passed over: %s may not be read", entry.uri)
        return None
    if manifest.identity.deployment_id != entry.deployment_id:
        log.warning("%s is passed over: it is of deployment %r", entry.uri, manifest.identity.deployment_id)
        return None
    return manifest


def _has_figures(s3: "S3Client", plan: "RunPlan", manifest: RunManifest) -> bool:
    # If the run was cleared since, its metrics.json may be that of a newer model, which failed the gate.
    places = places_of(plan, manifest)
    try:
        found = read_evaluation(read_object(s3, places.metrics), places.metrics)
    except s3.exceptions.NoSuchKey:
        return False
    return (found.model_sha256, found.headline) == (manifest.model_sha256, manifest.metrics)


def _when(identity: "RunIdentity") -> str:
    return (identity.interval_start or identity.planned_at).astimezone(UTC).strftime("%Y%m%dT%H%M%S%f")
