"""The manifest of a run: written after its evaluation, read back for the report."""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import include.pipeline
from include.pipeline.aws.object_store import read_object, write_object
from include.pipeline.documents.manifest import RunManifest
from include.pipeline.documents.metrics import ModelEvaluation
from include.pipeline.documents.plan import RunPlan
from include.pipeline.documents.raw_data import RawData
from include.pipeline.documents.split import Split
from include.pipeline.documents.training.contest import Contest
from include.pipeline.documents.training.job import CompletedTrainingJob
from include.pipeline.documents.training.tuning import Tuning
from include.pipeline.history.quality import Business, missed

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def record_run(
    s3: "S3Client",
    plan: RunPlan,
    evaluation: ModelEvaluation,
    *,
    raw: RawData,
    split: Split,
    training: CompletedTrainingJob,
    reused_from: str | None = None,
    contest: Contest | None = None,
    tuning: Tuning | None = None,
) -> RunManifest:
    """Write the manifest of a run that has been evaluated.

    Args:
        s3: Gets manifest.json.
        plan: Plan of the run.
        evaluation: Metrics of the run.
        raw: Source file of the run.
        split: Rows to train on and to test on.
        training: Training job that made the model.
        reused_from: The run that made the model, where the model is used again.
        contest: How it was chosen, where several algorithms trained.
        tuning: The trials of which it is the best, where a tuning job chose its hyperparameters.
    """
    misses = missed(evaluation, plan.params, Business.of(plan))
    manifest = RunManifest(
        key=plan.key,
        identity=plan.identity,
        params=plan.params.model_dump(mode="json") | {"data_url": raw.url},
        image_uri=plan.image_uri,
        code_sha256=code_sha256(),
        raw=raw,
        split=split,
        training=training.model_copy(update={"archive_sha256": evaluation.archive_sha256}),
        model_sha256=evaluation.model_sha256,
        metrics=evaluation.headline,
        # A run that was cleared may use its own model again.
        reused_from=None if reused_from == plan.identity.run_id else reused_from,
        missed=tuple(f"{found}: {rule}" for found, rule in misses),
        contest=contest,
        tuning=tuning,
    )
    write_object(s3, plan.locations.manifest, manifest.model_dump_json(indent=2).encode(), "application/json")
    return manifest


def read_manifest(s3: "S3Client", plan: RunPlan) -> RunManifest | None:
    """Read the manifest of a run; None where the run has not been evaluated since it was planned.

    Raises:
        DocumentError: It cannot be read.
    """
    try:
        body = read_object(s3, plan.locations.manifest)
    except s3.exceptions.NoSuchKey:
        return None
    manifest = RunManifest.read(body, plan.locations.manifest)
    return manifest if manifest.identity == plan.identity else None


def code_sha256(folder: Path = Path(include.pipeline.__file__).parent) -> str:
    """Hash the Python source of a package: name and content of each file, in the order of the names."""
    digest = hashlib.sha256()
    for file in sorted(folder.rglob("*.py")):
        digest.update(f"{file.relative_to(folder).as_posix()}\0".encode() + file.read_bytes() + b"\0")
    return digest.hexdigest()
