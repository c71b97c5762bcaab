"""Pipelines whose YAML has `processing`, plans of them, and a table with text, holes and identifiers."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from include.pipeline.aws.object_store import list_objects, read_object
from include.pipeline.documents.config import PipelineConfig
from include.pipeline.documents.plan import RunPlan
from include.pipeline.documents.table.split_job import ProcessingSettings
from tests.pipeline.churn_fields import churn_fields
from tests.pipeline.data.encoding.churn import TABLE, churn, written
from tests.pipeline.planned import CONFIG, plan_of

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/pipeline:1"
PROCESSING: dict[str, Any] = {"above_bytes": 1000, "image": IMAGE}
GROUPS: dict[str, tuple[float, ...]] = {"plan": (), "refund": (1.0,)}
CONTENT = written(churn(rows=600, seed=5))
BY_JOB = CONFIG.model_copy(
    update={
        "table": TABLE.model_copy(update={"groups": GROUPS}),
        "split_on": "processing",
        "processing": ProcessingSettings.model_validate(PROCESSING),
    }
)


def fields(processing: Any = PROCESSING, split_on: str = "processing", **others: Any) -> dict[str, Any]:
    """The fields of the example `churn`, whose large tables a processing job splits."""
    return churn_fields() | {"split_on": split_on, "processing": processing} | others


def plan_of_job(
    config: PipelineConfig = BY_JOB, *, run_id: str = "manual__1", day: int = 23, **params: Any
) -> RunPlan:
    """Plan a run, on a day of November, whose table a processing job may split."""
    identity = {"dag_id": "churn", "run_id": run_id, "planned_at": datetime(2026, 11, day, tzinfo=UTC)}
    return plan_of({"validation_fraction": 0.2} | params, config=config, **identity)


def objects_of_split(s3: "S3Client", plan: RunPlan) -> dict[str, bytes]:
    """Read all that a split keeps, by its place; without what a job gets and tells."""
    places = plan.locations
    return {
        uri.removeprefix(f"s3://{plan.bucket}/"): read_object(s3, uri)
        for folder in (places.run, places.profiles)
        for uri in list_objects(s3, f"{folder}/")
        if not uri.startswith(f"{places.processing}/")
    }
