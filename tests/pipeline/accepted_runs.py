"""Runs that passed the gate, and all that they left on S3."""

import gzip
import hashlib
import io
import tarfile
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from include.pipeline.aws.object_store import read_object, write_object
from include.pipeline.documents.manifest import RunManifest
from include.pipeline.documents.metrics import Evaluation
from include.pipeline.documents.params import parse_params
from include.pipeline.documents.plan import RunLocations, RunPlan
from include.pipeline.documents.training.job import CompletedTrainingJob
from include.pipeline.history.accepted import accept
from include.pipeline.history.manifest import record_run
from include.pipeline.planning.names import run_key
from tests.pipeline.report import example
from tests.project import DEPLOYMENT_ID

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

DATA = "5a5a" * 16
OTHER_DATA = "6b6b" * 16


def day(number: int) -> datetime:
    """Begin the n-th of November."""
    return datetime(2026, 11, number, tzinfo=UTC)


def plan_of(
    run_id: str = "manual__1",
    *,
    of: datetime | None = None,
    planned_at: datetime = example.START,
    **params: Any,
) -> RunPlan:
    """Plan a run of the data of one day, or of none, in the bucket of the tests."""
    made = example.plan_of(parse_params(example.CONFIG.params.model_dump() | params), run_id=run_id)
    interval = {"interval_start": of, "interval_end": of + timedelta(days=1)} if of else {}
    key = run_key(DEPLOYMENT_ID, "bank_marketing", run_id)
    return made.model_copy(
        update={
            "key": key,
            "identity": made.identity.model_copy(update={"planned_at": planned_at, **interval}),
            "bucket": "bucket",
            "locations": RunLocations.of("bucket", "bank_marketing", key, deployment_id=DEPLOYMENT_ID),
        }
    )


def archive_of(model: bytes) -> bytes:
    """Pack a model file as a training job does."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        member = tarfile.TarInfo("xgboost-model")
        member.size = len(model)
        archive.addfile(member, io.BytesIO(model))
    return gzip.compress(packed.getvalue())


def train(
    s3: "S3Client",
    plan: RunPlan,
    *,
    data: str = DATA,
    evaluation: Evaluation | None = None,
    model: bytes = b"a model",
    features: tuple[str, ...] = ("age", "pdays", "euribor3m"),
    job: CompletedTrainingJob | None = None,
    billable_seconds: int | None = None,
    trained_on: bytes | None = None,
) -> RunManifest:
    """Leave what a run has left when its gate begins: model, unless a job has made it, figures, manifest.

    And the rows that it was trained on, where they are given.
    """
    contents = example.contents_of()
    archive = read_object(s3, job.model_uri) if job else archive_of(model)
    found = (evaluation or example.evaluation_of()).model_copy(
        update={"archive_sha256": hashlib.sha256(archive).hexdigest()}
    )
    made_up = contents.training
    training = job or made_up.model_copy(
        update={
            "name": plan.key,
            "model_uri": f"{plan.locations.model}/{plan.key}/output/model.tar.gz",
            "billable_seconds": billable_seconds or made_up.billable_seconds,
        }
    )
    if job is None:
        write_object(s3, training.model_uri, archive, "application/x-tar")
    write_object(s3, plan.locations.predictions, f"label,score\n{plan.key},{data}\n".encode(), "text/csv")
    write_object(s3, plan.locations.metrics, found.model_dump_json(indent=2).encode(), "application/json")
    split = contents.split.model_copy(update={"feature_names": features})
    if trained_on is not None:
        write_object(s3, f"{plan.locations.train}train.csv", trained_on, "text/csv")
        split = split.model_copy(update={"train_sha256": hashlib.sha256(trained_on).hexdigest()})
    return record_run(
        s3,
        plan,
        found,
        raw=contents.raw.model_copy(update={"sha256": data}),
        split=split,
        training=training,
    )


def accepted(s3: "S3Client", plan: RunPlan, **made: Any) -> RunManifest:
    """Leave what a run leaves that passes the gate."""
    manifest = train(s3, plan, **made)
    accept(s3, plan, manifest)
    return manifest
