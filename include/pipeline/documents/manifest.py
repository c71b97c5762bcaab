"""manifest.json: what a run was made of and what it made, enough to make it again."""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict

import include.pipeline
from include.pipeline.aws.object_store import read_object, write_object
from include.pipeline.documents.metrics import Evaluation, Metrics
from include.pipeline.documents.params import RunParams
from include.pipeline.documents.plan import RunIdentity, RunPlan
from include.pipeline.documents.split import Split
from include.pipeline.documents.training_job import TrainingJob
from include.pipeline.history.quality import missed
from include.pipeline.source.download import RawData

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class RunManifest(BaseModel):
    """One run that has been evaluated."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_version: Literal[1] = 1
    key: str
    identity: RunIdentity
    params: RunParams
    """As they were planned; `data_url` without user name, password and query."""
    image_uri: str
    code_sha256: str
    """Of this package's source."""
    raw: RawData
    split: Split
    training: TrainingJob
    model_sha256: str | None
    """Of the model file in the archive; None where the archive holds none."""
    metrics: Metrics
    reused_from: str | None
    """The run that made the model, where it is not this one."""
    missed: tuple[str, ...]
    """What the gate found wrong, a clause each; empty where the model passed."""


def record_run(
    s3: "S3Client",
    plan: RunPlan,
    evaluation: Evaluation,
    *,
    raw: RawData,
    split: Split,
    training: TrainingJob,
    reused_from: str | None = None,
) -> RunManifest:
    """Write the manifest of a run that has been evaluated.

    Args:
        s3: Gets manifest.json.
        plan: The run.
        evaluation: Its metrics.json.
        raw: Its data.
        split: Its rows.
        training: Its job.
        reused_from: The run that made the model, where it was used again.
    """
    manifest = RunManifest(
        key=plan.key,
        identity=plan.identity,
        params=plan.params.model_copy(update={"data_url": raw.url}),
        image_uri=plan.training["AlgorithmSpecification"]["TrainingImage"],
        code_sha256=code_sha256(),
        raw=raw,
        split=split,
        training=training,
        model_sha256=evaluation.model_sha256,
        metrics=evaluation.headline,
        # A run that was cleared may meet its own model.
        reused_from=None if reused_from == plan.identity.run_id else reused_from,
        missed=tuple(
            f"{found}: {rule}" for found, rule in missed(evaluation, plan.params, evaluation.previous)
        ),
    )
    write_object(s3, plan.locations.manifest, manifest.model_dump_json(indent=2).encode(), "application/json")
    return manifest


def read_manifest(s3: "S3Client", plan: RunPlan) -> RunManifest | None:
    """Read the manifest of a run as it was planned; None where the run has not been evaluated since."""
    try:
        body = read_object(s3, plan.locations.manifest)
    except s3.exceptions.NoSuchKey:
        return None
    manifest = RunManifest.model_validate_json(body)
    return manifest if manifest.identity == plan.identity else None


def code_sha256(folder: Path = Path(include.pipeline.__file__).parent) -> str:
    """Hash the Python source of a package: of each file, in the order of their names, name and content."""
    digest = hashlib.sha256()
    for file in sorted(folder.rglob("*.py")):
        digest.update(f"{file.relative_to(folder).as_posix()}\0".encode() + file.read_bytes() + b"\0")
    return digest.hexdigest()
