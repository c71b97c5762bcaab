"""A run as an earlier version of this project left it: its objects, and what its tasks returned."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from include.pipeline.aws.object_store import write_object
from include.pipeline.documents.config import DATASETS
from include.pipeline.documents.plan import RunLocations, RunPlan
from tests.pipeline.planned import plan_of

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

FOLDER = Path(__file__).parent / "written_by_0_1"
BUCKET = "airflow-sagemaker-us-east-1-123456789012"
RUN_ID = "manual__2026-11-26T08:44:00.231345+00:00"
KEY = "bank-marketing-manual-2026-11-26t08-44-00-231345-e62da49672"
PLACES = RunLocations.of(BUCKET, "bank_marketing", KEY, deployment_id="")
DATA = DATASETS / "bank_marketing_sample.csv"
DATA_URL = "s3://bank-marketing-source/bank_marketing_sample.csv"


def objects() -> dict[str, bytes]:
    """Read the objects of the run by their URI."""
    root = FOLDER / "objects"
    return {
        f"s3://{BUCKET}/{file.relative_to(root).as_posix()}": file.read_bytes()
        for file in root.rglob("*")
        if file.is_file()
    }


def returned(task_id: str) -> Any:
    """Read what a task of the run returned."""
    return json.loads((FOLDER / "xcoms" / f"{task_id}.json").read_text(encoding="utf-8"))


def put_objects(s3: "S3Client") -> None:
    """Put the objects of the run where they were."""
    s3.create_bucket(Bucket=BUCKET)
    for uri, body in objects().items():
        write_object(s3, uri, body, "application/octet-stream")


def later_plan(run_id: str = "manual__later", **params: Any) -> RunPlan:
    """Plan a later run of the same data with this version of the project."""
    planned_at = datetime(2026, 11, 26, 9, tzinfo=UTC)
    return plan_of({"data_url": DATA_URL} | params, run_id=run_id, planned_at=planned_at)
