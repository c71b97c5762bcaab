"""The models that have passed the gate, listed on S3: which was made of the same, which came before.

Each is one object, `<models>/<when>/<fingerprint>/<run key>.json`, that holds the run's manifest. `when` is
the start of the run's data interval, or, of a run that has none, when it was planned: data comes in that
order, whenever it is processed.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Self

from include.pipeline.aws.object_store import is_there, list_objects, read_object, split_uri, write_object
from include.pipeline.documents.manifest import RunManifest
from include.pipeline.documents.metrics import Evaluation
from include.pipeline.documents.plan import RunLocations

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_s3 import S3Client

    from include.pipeline.documents.plan import RunIdentity, RunPlan

# Raise it when the same data and Params would give another model or other figures than before.
_RECIPE = 1
# Params that change neither model nor figures.
_OF_NO_MATTER = {
    "data_url",
    "bucket",
    "role",
    "training_instance_type",
    "endpoint_instance_type",
    "endpoint_instance_count",
    "min_roc_auc",
    "must_beat_baseline",
    "force_retrain",
    "keep_endpoint",
    "delete_data",
}


@dataclass(frozen=True)
class _Entry:
    uri: str
    when: str
    fingerprint: str
    key: str

    @classmethod
    def of(cls, uri: str) -> Self:
        when, fingerprint, file = uri.rsplit("/", 3)[1:]
        return cls(uri, when, fingerprint, file.removesuffix(".json"))


def fingerprint(plan: "RunPlan", raw_sha256: str) -> str:
    """Hash all that decides what model a run makes and what its figures are.

    An option that was added later counts where it is not at its default: with its default, a run makes what
    runs made before there was the option.

    Args:
        plan: Of the run.
        raw_sha256: Of its data.

    Returns:
        64 hex digits.
    """
    made_of = {
        "recipe": _RECIPE,
        "data": raw_sha256,
        # Whose default counts, as it always did.
        "table": {"drop": plan.table.drop} | plan.table.model_dump(exclude_defaults=True),
        "image": plan.image_uri,
        "params": plan.params.model_dump(exclude=_OF_NO_MATTER, exclude_defaults=True),
    }
    return hashlib.sha256(json.dumps(made_of, sort_keys=True).encode()).hexdigest()


def accept(s3: "S3Client", plan: "RunPlan", manifest: RunManifest) -> None:
    """List a run's model, which has passed the gate, in the place of the one it had listed before."""
    when, made_of = _when(manifest.identity), fingerprint(plan, manifest.raw.sha256)
    uri = f"{plan.locations.models}/{when}/{made_of}/{plan.key}.json"
    write_object(s3, uri, manifest.model_dump_json(indent=2).encode(), "application/json")
    for earlier in listed_for(s3, plan.locations.models, plan.key):
        if earlier != uri:
            bucket, name = split_uri(earlier)
            s3.delete_object(Bucket=bucket, Key=name)


def find_same(s3: "S3Client", plan: "RunPlan", raw_sha256: str) -> RunManifest | None:
    """Find the newest accepted model that was made of the same data in the same way, by this run or another.

    One does not count whose archive is no longer there, or whose run has other figures by now.

    Raises:
        DocumentError: What is stored of such a model cannot be read.
    """
    made_of = fingerprint(plan, raw_sha256)
    for entry in reversed(_entries(s3, plan)):
        if entry.fingerprint == made_of:
            manifest = _read(s3, entry)
            if manifest and is_there(s3, manifest.training.model_uri) and _has_figures(s3, plan, manifest):
                return manifest
    return None


def find_previous(s3: "S3Client", plan: "RunPlan") -> RunManifest | None:
    """Find the accepted model of the newest data that is older than this run's.

    Raises:
        DocumentError: What is stored of it cannot be read.
    """
    return next(accepted_before(s3, plan), None)


def accepted_before(s3: "S3Client", plan: "RunPlan") -> "Iterator[RunManifest]":
    """Go through the accepted models of data that is older than this run's, the newest first.

    Raises:
        DocumentError: What is stored of one cannot be read.
    """
    when = _when(plan.identity)
    for entry in reversed(_entries(s3, plan)):
        if entry.when < when and entry.key != plan.key and (manifest := _read(s3, entry)):
            yield manifest


def listed_for(s3: "S3Client", models: str, key: str) -> "Iterator[str]":
    """List the URIs under which a run's models are listed."""
    return (uri for uri in list_objects(s3, f"{models}/") if _Entry.of(uri).key == key)


def _entries(s3: "S3Client", plan: "RunPlan") -> list[_Entry]:
    # S3 lists in the order of the names: the oldest first.
    return [_Entry.of(uri) for uri in list_objects(s3, f"{plan.locations.models}/")]


def _read(s3: "S3Client", entry: _Entry) -> RunManifest | None:
    try:
        return RunManifest.read(read_object(s3, entry.uri), entry.uri)
    except s3.exceptions.NoSuchKey:
        # Its run was deleted in this moment.
        return None


def _has_figures(s3: "S3Client", plan: "RunPlan", manifest: RunManifest) -> bool:
    # A run that was cleared since may have written those of another model there, which failed the gate.
    places = RunLocations.of(plan.bucket, plan.identity.dag_id, manifest.key)
    try:
        found = Evaluation.read(read_object(s3, places.metrics), places.metrics)
    except s3.exceptions.NoSuchKey:
        return False
    return (found.model_sha256, found.headline) == (manifest.model_sha256, manifest.metrics)


def _when(identity: "RunIdentity") -> str:
    return (identity.interval_start or identity.planned_at).astimezone(UTC).strftime("%Y%m%dT%H%M%S%f")
