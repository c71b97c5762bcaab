from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from include.pipeline.aws.object_store import read_object
from include.pipeline.data.split import Split
from include.pipeline.documents.manifest import RunManifest
from include.pipeline.documents.metrics import Metrics
from include.pipeline.documents.plan import RunPlan
from include.pipeline.documents.raw_data import RawData
from include.pipeline.documents.training.job import CompletedTrainingJob
from include.pipeline.history.manifest import code_sha256, read_manifest, record_run
from tests.pipeline.report.example import contents_of

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

CONTENTS = contents_of()
SIGNED_URL = "https://me:hunter2@example.org/bank.csv?X-Amz-Signature=hunter2"


@pytest.fixture
def plan() -> RunPlan:
    params = CONTENTS.plan.params.model_copy(
        update={"data_url": SIGNED_URL, "min_roc_auc": 0.999, "must_beat_baseline": False}
    )
    locations = {
        name: uri.replace(CONTENTS.plan.bucket, "bucket")
        for name, uri in CONTENTS.plan.locations.model_dump().items()
    }
    return CONTENTS.plan.model_copy(
        update={"params": params, "locations": type(CONTENTS.plan.locations)(**locations)}
    )


def record(s3: "S3Client", plan: RunPlan) -> RunManifest:
    return record_run(
        s3,
        plan,
        CONTENTS.evaluation,
        raw=CONTENTS.raw,
        split=CONTENTS.split,
        training=CONTENTS.training,
    )


def test_a_manifest_holds_what_the_model_was_made_of_and_what_it_is_worth(
    s3: "S3Client", plan: RunPlan
) -> None:
    manifest = record(s3, plan)
    assert isinstance(manifest.raw, RawData)
    assert isinstance(manifest.split, Split)
    assert isinstance(manifest.training, CompletedTrainingJob)
    assert (manifest.raw, manifest.split, manifest.training) == (
        CONTENTS.raw,
        CONTENTS.split,
        CONTENTS.training,
    )
    assert manifest.identity == plan.identity
    assert manifest.params == plan.params.model_dump() | {"data_url": CONTENTS.raw.url}
    assert manifest.image_uri == plan.training["AlgorithmSpecification"]["TrainingImage"]
    assert manifest.model_sha256 == CONTENTS.evaluation.model_sha256
    assert type(manifest.metrics) is Metrics
    assert manifest.metrics.roc_auc == CONTENTS.evaluation.roc_auc
    assert manifest.missed == (
        f"roc_auc = {CONTENTS.evaluation.roc_auc:.5f}: it has to be at least min_roc_auc = 0.999",
    )


def test_a_manifest_has_no_secret(s3: "S3Client", plan: RunPlan) -> None:
    record(s3, plan)
    assert b"hunter2" not in read_object(s3, plan.locations.manifest)


def test_a_manifest_is_read_as_it_was_written(s3: "S3Client", plan: RunPlan) -> None:
    assert read_manifest(s3, plan) is None
    manifest = record(s3, plan)
    assert read_manifest(s3, plan) == manifest


def test_a_run_that_was_planned_anew_has_no_manifest_yet(s3: "S3Client", plan: RunPlan) -> None:
    record(s3, plan)
    again = plan.identity.model_copy(update={"planned_at": datetime(2027, 1, 1, tzinfo=UTC)})
    assert read_manifest(s3, plan.model_copy(update={"identity": again})) is None


def test_the_codes_hash_changes_with_content_and_names_alone(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "b.py").write_text("y = 1\n")
    before = code_sha256(tmp_path)
    (tmp_path / "notes.txt").write_text("not code")
    assert code_sha256(tmp_path) == before
    (tmp_path / "a.py").rename(tmp_path / "c.py")
    renamed = code_sha256(tmp_path)
    (tmp_path / "c.py").write_text("x = 2\n")
    assert len({before, renamed, code_sha256(tmp_path)}) == 3
    assert code_sha256() == code_sha256(Path("include/pipeline").resolve())
